// What is wrong with the jobs of an app, said when it is joined rather than at three in the morning.
import type { JobSettings } from '../../define/job.ts'
import type { Model } from '../../define/model.ts'
import { timesOf } from './cron.ts'
import { packInput } from './input.ts'

/** Fails with TypeError for a setting, a queue or a schedule that cannot be. */
export function check(model: Model): void {
  const queues = Object.entries(model.app.options.queues ?? {})
  for (const [name, most] of queues) {
    if (!isQueue(name)) throw new TypeError(`queue "${name}": ${queueRule}`)
    if (!isWhole(most, 1, 1_000))
      throw new TypeError(`queue "${name}": ${most} at once; say a whole number from 1 to 1000`)
  }
  for (const { name, spec } of model.jobs.values()) checkSettings(name, spec)
  for (const schedule of model.schedules) {
    timesOf(schedule)
    packInput(schedule.job, schedule.input)
  }
}

const queueRule = 'a name is lower case letters, digits and -, at most 41'
const isQueue = (name: string): boolean => /^[a-z][a-z0-9-]{0,40}$/.test(name)
const isWhole = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max

function checkSettings(name: string, { queue, priority, attempts, timeoutMs }: JobSettings): void {
  const refused: readonly (readonly [boolean, string])[] = [
    [queue !== undefined && !isQueue(queue), `queue "${queue}": ${queueRule}`],
    [priority !== undefined && !isWhole(priority, -100, 100), 'priority is a whole number from -100 to 100'],
    [attempts !== undefined && !isWhole(attempts, 1, 1_000), 'attempts is a whole number from 1 to 1000'],
    [
      timeoutMs !== undefined && !isWhole(timeoutMs, 1, longest),
      'timeoutMs is a whole number of milliseconds, at most a week',
    ],
  ]
  for (const [is, why] of refused) if (is) throw new TypeError(`job "${name}": ${why}`)
}

/** What a timer of the platform takes is a little more. */
const longest = 7 * 24 * 60 * 60_000
