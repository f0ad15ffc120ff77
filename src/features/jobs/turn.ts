// What is due now, done once and in order: how tests let time pass without a worker.
import { jobLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'
import { claim } from './claim.ts'
import { beat } from './lease.ts'
import { promote } from './promote.ts'
import { allQueues } from './queues.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'
import { settle } from './settle.ts'
import { sweep } from './sweep.ts'
import { tryJob } from './try_job.ts'

interface Hand {
  readonly worker: string
  readonly scheduler: Scheduler
}

const hands = new WeakMap<House, Hand>()

function handOf(house: House): Hand {
  const hand = hands.get(house) ?? { worker: house.id(), scheduler: createScheduler(house, () => 0) }
  hands.set(house, hand)
  return hand
}

/** Makes the jobs of schedules, and runs the jobs that are due, one after the other; answers how much was done. */
export async function turn(house: House): Promise<number> {
  const { worker, scheduler } = handOf(house)
  const came = await scheduler.look()
  await sweep(house)
  await beat(house, worker, jobLimits.leaseMs)
  await promote(house)
  const wants = [...(await allQueues(house)).keys()].map((queue) => ({ queue, room: jobLimits.batch }))
  const { jobs } = await claim(house, worker, wants)
  for (const job of jobs) await settle(house, job, await tryJob(house, job).outcome)
  return came + jobs.length
}
