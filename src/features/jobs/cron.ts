// When a schedule is due: cron expressions in a time zone, also on the days its clocks change.
import { Cron } from 'croner'
import type { Schedule } from '../../define/job.ts'

/** The times of one schedule, in milliseconds since 1970. */
export interface Times {
  /** The first one after this time; undefined where there is none any more. */
  readonly after: (ms: number) => number | undefined
  /** The last one up to and with this time. */
  readonly upTo: (ms: number) => number | undefined
}

const second = 1_000

/**
 * Reads the expression: five fields, or six that begin with seconds. A time that the clocks skip is due at the end of
 * the gap; one that comes twice is due at the first, while `*` and steps go on through the hour that comes twice.
 * Fails with TypeError.
 */
export function timesOf({ name, cron, zone }: Pick<Schedule, 'name' | 'cron' | 'zone'>): Times {
  const times = read(name, cron, zone)
  return {
    after: (ms) => times.nextRun(new Date(ms))?.getTime(),
    upTo: (ms) =>
      times
        .previousRuns(2, new Date(ms + second)) // it looks before the given second, which may be one itself
        .map((date) => date.getTime())
        .find((at) => at <= ms),
  }
}

function read(name: string, cron: string, zone: string): Cron {
  try {
    const times = new Cron(cron, { timezone: zone, paused: true })
    times.nextRun(new Date(0)) // a time zone is looked at when it is first needed
    return times
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new TypeError(`schedule "${name}": "${cron}" in "${zone}": ${why}`, { cause: error })
  }
}
