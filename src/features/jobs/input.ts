// A job's input as JSON, its private fields apart; and back, also where an older version of the app wrote it.
import type { Values } from '../../call/draft.ts'
import { type Read, readWire, writePayload } from '../../call/payload.ts'
import type { Job } from '../../define/job.ts'
import type { AnyField } from '../../define/resource.ts'

export interface Packed {
  readonly input: string
  readonly hidden: string | null
}

/** The input in two parts. Fails with TypeError where the values are not what the fields take. */
export function packInput(job: Job, values: Values): Packed {
  const text = writePayload(job.input, values, `job ${job.name}`)
  if (!Object.values(job.input).some(isHidden)) return { input: text, hidden: null }
  const all: Record<string, unknown> = JSON.parse(text)
  const part = (hidden: boolean): string =>
    JSON.stringify(Object.fromEntries(Object.entries(all).filter(([name]) => isHidden(job.input[name]) === hidden)))
  return { input: part(false), hidden: part(true) }
}

/** The server values, brought up to date where the job can do that; or what is wrong with them today. */
export function unpackInput({ input: fields, spec }: Job, input: unknown, hidden: unknown): Read {
  const whole: Readonly<Record<string, unknown>> = { ...Object(input), ...Object(hidden) }
  const read = readWire(fields, whole)
  return 'errors' in read && spec.upgrade !== undefined ? readWire(fields, spec.upgrade(Object.freeze(whole))) : read
}

const isHidden = (field: AnyField | undefined): boolean => field?.options.private === true
