// Makes the jobs of schedules when their time comes: each time one job, however many processes do this.
import { jobLimits } from '../../base/limits.ts'
import { system } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import type { House } from '../../call/house.ts'
import { transact } from '../../call/transact.ts'
import type { Work } from '../../call/work.ts'
import type { Schedule } from '../../define/job.ts'
import type { Tx } from '../../define/tx.ts'
import { type Times, timesOf } from './cron.ts'
import { enqueueAll } from './enqueue.ts'
import { schedules } from './nouns.ts'

/** Looks at the schedules again and again. */
export interface Scheduler {
  /** Makes the jobs that are due; answers how many times came, whoever made their jobs. */
  look(): Promise<number>
  /** When the next time comes; undefined before the first look, and without schedules. */
  readonly nextMs: number | undefined
}

/** One schedule as this process has seen it. */
interface Watched {
  readonly schedule: Schedule
  readonly times: Times
  /** The next time to make a job for; undefined before the first look, null where there is none any more. */
  nextMs: number | null | undefined
}

/**
 * A scheduler for one process. The table's unique key of schedule and time decides which process makes a job, so it
 * needs no leader, and no clock needs to be right: one that runs ahead makes its times early, the others find them
 * made. What is missed while no process runs is made up for by the last time alone, because it was nobody's fault
 * that can be told from a stop; a process that ran all the while makes every time, also those its clock jumped over.
 * `steadyMs` is a clock that never jumps.
 */
export function createScheduler(house: House, steadyMs: () => number = () => performance.now()): Scheduler {
  const watched = house.model.schedules.map((schedule): Watched => ({
    schedule,
    times: timesOf(schedule),
    nextMs: undefined,
  }))
  const state: { lookedMs: number; nextMs: number | undefined } = { lookedMs: steadyMs(), nextMs: undefined }
  return {
    async look() {
      const steady = steadyMs()
      if (steady - state.lookedMs > jobLimits.pausedMs) for (const one of watched) one.nextMs = undefined
      let came = 0
      for (const one of watched) came += one.nextMs === undefined ? await begin(house, one) : await goOn(house, one)
      state.lookedMs = steady
      state.nextMs = earliest(watched)
      return came
    },
    get nextMs() {
      return state.nextMs
    },
  }
}

function earliest(watched: readonly Watched[]): number | undefined {
  const known = watched.map(({ nextMs }) => nextMs ?? undefined).filter((at) => at !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

const options = { isolation: 'locked' } as const
const deedOf = ({ name }: Schedule) => ({ operation: `schedule ${name}`, caller: system(null), origin: fromInside })

/** The first look, or the first after a pause: what was missed meanwhile is made up for once. */
async function begin(house: House, watch: Watched): Promise<number> {
  const { schedule, times } = watch
  return transact(house, deedOf(schedule), options, async (tx, work) => {
    const now = tx.now.getTime()
    const last = await lastOf(tx, schedule)
    const missed = times.upTo(now)
    watch.nextMs = times.after(now) ?? null
    if (missed === undefined || missed <= Math.min(last, now)) return 0
    await make(tx, work, schedule, [missed])
    return 1
  })
}

/** Every time since the last look. */
async function goOn(house: House, watch: Watched): Promise<number> {
  const { schedule, times } = watch
  const now = house.clock.ms()
  const due: number[] = []
  let next = watch.nextMs ?? undefined
  for (; next !== undefined && next <= now && due.length < jobLimits.batch; next = times.after(next)) due.push(next)
  if (due.length === 0) return 0
  await transact(house, deedOf(schedule), options, async (tx, work) => {
    await lastOf(tx, schedule)
    await make(tx, work, schedule, due)
  })
  watch.nextMs = next ?? null
  return due.length
}

async function make(tx: Tx, work: Work, schedule: Schedule, times: readonly number[]): Promise<void> {
  const { job, input, name } = schedule
  const asked = times.map((ms) => ({ job, input, options: { tick: { schedule: name, ms } } }))
  await enqueueAll(work, asked)
  const last = times.at(-1) ?? 0
  const [row] = await tx.find(schedules, { name })
  if (row !== undefined && row.lastAt.getTime() < last) await tx.update(schedules, row.id, { lastAt: new Date(last) })
}

/** The last time that a job was made for, with the schedule locked; one that is new or has changed begins now. */
async function lastOf(tx: Tx, { name, cron, zone }: Schedule): Promise<number> {
  await tx.upsert(schedules, [{ name, cron, zone, lastAt: tx.now }], { by: ['name'], keep: true })
  const [found] = await tx.find(schedules, { name })
  if (found === undefined) throw new TypeError(`schedule "${name}": its row is neither made nor there`)
  const row = await tx.lock(schedules, found.id)
  if (row.cron === cron && row.zone === zone) return row.lastAt.getTime()
  await tx.update(schedules, row.id, { cron, zone, lastAt: tx.now })
  return tx.now.getTime()
}
