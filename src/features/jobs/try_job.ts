// One try of one job, from the loan to the end that it comes to.
import { jobLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'
import { backoffMs } from './backoff.ts'
import { failureText } from './failure_text.ts'
import { unpackInput } from './input.ts'
import { jobCall } from './job_call.ts'
import type { JobRow } from './row.ts'

/** Why a try was told to stop. */
export type StopReason = 'cancelled' | 'timeout' | 'lost' | 'stopping'

/** The signal's reason. */
export class JobStopped extends Error {
  override readonly name = 'JobStopped'
  readonly why: StopReason

  constructor(why: StopReason) {
    super(sentences[why])
    this.why = why
  }
}

const sentences: { readonly [W in StopReason]: string } = {
  cancelled: 'It was cancelled.',
  timeout: 'It took longer than it may.',
  lost: 'Its worker did not show for so long that others may have it by now.',
  stopping: 'Its worker stops.',
}

/** A failure that no further try can mend: the job is set aside at once. */
export class NoMoreTries extends Error {
  override readonly name = 'NoMoreTries'
}

/** What a try came to. */
export type Outcome =
  | { readonly end: 'done' }
  /** The completion is committed already, together with the job's own work. */
  | { readonly end: 'concluded' }
  | { readonly end: 'cancelled' }
  | { readonly end: 'lost' }
  | { readonly end: 'back' }
  | { readonly end: 'dead'; readonly error: string }
  | { readonly end: 'again'; readonly error: string; readonly afterMs: number }

/** A try that runs; `stop` aborts its signal. */
export interface Trying {
  readonly job: JobRow
  readonly outcome: Promise<Outcome>
  stop(why: StopReason): void
}

/** Begins a try. Its outcome never rejects. */
export function tryJob(house: House, job: JobRow): Trying {
  const controller = new AbortController()
  const state: { concluded: boolean; why: StopReason | undefined } = { concluded: false, why: undefined }
  const stop = (why: StopReason): void => {
    if (state.why !== undefined) return
    state.why = why
    controller.abort(new JobStopped(why))
  }
  const timeout = setTimeout(stop, house.model.jobs.get(job.name)?.spec.timeoutMs ?? jobLimits.timeoutMs, 'timeout')
  const code = run(house, job, controller.signal, () => {
    state.concluded = true
  })
  const outcome = withGrace(code, controller.signal).then(
    (): Outcome => (state.concluded ? { end: 'concluded' } : { end: 'done' }),
    (error: unknown): Outcome => (state.concluded ? { end: 'concluded' } : failed(house, job, state.why, error)),
  )
  return { job, outcome: outcome.finally(() => clearTimeout(timeout)), stop }
}

async function run(house: House, job: JobRow, signal: AbortSignal, concluded: () => void): Promise<void> {
  const declared = house.model.jobs.get(job.name)
  if (declared === undefined) throw new Error(`This version of the app has no job "${job.name}".`)
  const read = unpackInput(declared, job.input, job.hidden)
  if ('errors' in read) {
    const wrong = read.errors.map(({ pointer, message }) => `${pointer} ${message}`).join(' ')
    throw new Error(`Its input is not what this version of the app takes: ${wrong}`)
  }
  await declared.spec.run(jobCall({ house, job, input: read.value, signal, concluded }))
}

// Code that does not mind its signal cannot be stopped. It is left behind: what it still writes as this try is refused.
function withGrace(code: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason)
    let grace: NodeJS.Timeout | undefined
    signal.addEventListener('abort', () => {
      grace = setTimeout(giveUp, jobLimits.graceMs)
    })
    code.then(resolve, reject).finally(() => clearTimeout(grace))
  })
}

function failed(house: House, job: JobRow, why: StopReason | undefined, error: unknown): Outcome {
  if (error instanceof Error && error.name === 'LeaseLost') return { end: 'lost' }
  if (why === 'lost') return { end: 'lost' }
  if (why === 'cancelled') return { end: 'cancelled' }
  if (why === 'stopping') return { end: 'back' }
  const text = failureText(error)
  if (job.attempt >= job.attempts || error instanceof NoMoreTries) return { end: 'dead', error: text }
  return { end: 'again', error: text, afterMs: backoffMs(house, job) }
}
