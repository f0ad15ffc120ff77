// A refused call as an error: the code to decide by, and every wrong value by its place (RFC 9457).
import type { FieldError } from '../base/pure/problem.ts'

/** What is known of the refusal; bodies from elsewhere than the app (a proxy) lack most of it. */
export class ProblemError extends Error {
  readonly status: number
  /** `conflict`, `invalid`, the app's own; 'unknown' where the answer is no problem of the app. */
  readonly code: string
  /** Every wrong value: a JSON pointer into what was sent, a code, a sentence. */
  readonly errors: readonly FieldError[]
  readonly requestId: string | null
  /** Seconds after which it may be tried again, where the answer says so. */
  readonly retryAfter: number | null

  constructor(status: number, headers: Headers, body: unknown) {
    const known = isRecord(body) ? body : {}
    super(typeof known['detail'] === 'string' ? known['detail'] : `The server answered ${status}.`)
    this.name = 'ProblemError'
    this.status = status
    this.code = typeof known['code'] === 'string' ? known['code'] : 'unknown'
    this.errors = Array.isArray(known['errors']) ? known['errors'].filter(isFieldError) : []
    this.requestId = headers.get('X-Request-Id')
    this.retryAfter = secondsOf(headers.get('Retry-After'))
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isFieldError = (value: unknown): value is FieldError =>
  isRecord(value) && typeof value['pointer'] === 'string' && typeof value['code'] === 'string'

const secondsOf = (text: string | null): number | null =>
  text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null
