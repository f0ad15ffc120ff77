// What is due now, done once and in order: how tests let time pass without a worker.
import { jobLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'
import { claim } from './claim.ts'
import { beat } from './lease.ts'
import { promote } from './promote.ts'
import { queuesOf } from './queues.ts'
import { settle } from './settle.ts'
import { tryJob } from './try_job.ts'

const hands = new WeakMap<House, string>()

/** Runs the jobs that are due, one after the other; answers how many those were. */
export async function turn(house: House): Promise<number> {
  const worker = hands.get(house) ?? house.id()
  hands.set(house, worker)
  await beat(house, worker, jobLimits.leaseMs)
  await promote(house)
  const wants = [...queuesOf(house).keys()].map((queue) => ({ queue, room: jobLimits.batch }))
  if (wants.length === 0) return 0
  const { jobs } = await claim(house, worker, wants)
  for (const job of jobs) await settle(house, job, await tryJob(house, job).outcome)
  return jobs.length
}
