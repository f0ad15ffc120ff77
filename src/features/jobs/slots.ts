// The room a worker has: for each queue so many jobs that run, and a few taken ahead where they are short.
import { jobLimits } from '../../base/limits.ts'
import type { Want } from './claim.ts'
import type { Queues } from './queues.ts'
import type { JobRow } from './row.ts'

interface Slot {
  readonly most: number
  running: number
  /** Lent to this worker, and not begun. */
  readonly ahead: JobRow[]
  /** How long a job of this queue takes, lately; undefined before the first has ended. */
  usualMs: number | undefined
}

/** Weight of the newest job in what is usual. */
const newest = 0.2

/** Counts what runs and what waits here. */
export class Slots {
  readonly #slots = new Map<string, Slot>()

  /** Serves these queues from now on. */
  serve(queues: Queues): void {
    for (const [name, most] of queues) {
      const slot = this.#slots.get(name)
      this.#slots.set(name, { running: 0, ahead: [], usualMs: undefined, ...slot, most })
    }
  }

  /** What may be claimed now. A queue whose jobs are short is claimed for ahead, and not for every single slot. */
  wants(): Want[] {
    return [...this.#slots].flatMap(([queue, slot]) => {
      const { most, running, ahead } = slot
      const whole = most + aheadOf(slot)
      const room = Math.min(whole - running - ahead.length, jobLimits.batch)
      return room <= 0 || (ahead.length > 0 && room < whole / 2) ? [] : [{ queue, room }]
    })
  }

  add(job: JobRow): void {
    this.#slots.get(job.queue)?.ahead.push(job)
  }

  /** The next job that may begin; it counts as running from here on. */
  next(): JobRow | undefined {
    for (const slot of this.#slots.values()) {
      const job = slot.running < slot.most ? slot.ahead.shift() : undefined
      if (job === undefined) continue
      slot.running++
      return job
    }
    return undefined
  }

  ended(queue: string, tookMs: number): void {
    const slot = this.#slots.get(queue)
    if (slot === undefined) return
    slot.running--
    slot.usualMs = slot.usualMs === undefined ? tookMs : slot.usualMs * (1 - newest) + tookMs * newest
  }

  /** Takes out the jobs that have not begun and are meant. */
  takeAhead(isMeant: (job: JobRow) => boolean = () => true): JobRow[] {
    return [...this.#slots.values()].flatMap(({ ahead }) => {
      const meant = ahead.filter(isMeant)
      ahead.splice(0, ahead.length, ...ahead.filter((job) => !isMeant(job)))
      return meant
    })
  }
}

// As many as are run in a moment: nobody waits here for longer while another process has room.
function aheadOf({ most, usualMs }: Slot): number {
  if (usualMs === undefined) return 0
  return Math.min(Math.floor(jobLimits.aheadMs / Math.max(usualMs, 0.1)) * most, jobLimits.batch)
}
