// The failures a caller can cause: a closed list of codes (RFC 9457 problem details), and the error that carries one.

/** What is known of a code: the HTTP status it maps to, and the sentence every such answer shares. */
export interface ProblemKind<Code extends string = string> {
  readonly code: Code
  readonly status: number
  readonly title: string
}

const kind = <const C extends string>(code: C, status: number, title: string): ProblemKind<C> =>
  Object.freeze({ code, status, title })

/** The closed list of SURFACE. Order is by status; docs and OpenAPI are printed from it. */
export const problemKinds = Object.freeze({
  malformed: kind('malformed', 400, 'The request cannot be read'),
  unauthenticated: kind('unauthenticated', 401, 'Sign-in is needed'),
  forbidden: kind('forbidden', 403, 'This is not allowed'),
  not_found: kind('not_found', 404, 'There is nothing here'),
  method_not_allowed: kind('method_not_allowed', 405, 'The method is not allowed here'),
  not_acceptable: kind('not_acceptable', 406, 'No acceptable representation'),
  timeout: kind('timeout', 408, 'The request took too long to arrive'),
  conflict: kind('conflict', 409, 'The state does not allow this'),
  gone: kind('gone', 410, 'This is no longer here'),
  precondition_failed: kind('precondition_failed', 412, 'It has changed meanwhile'),
  too_large: kind('too_large', 413, 'The body is too large'),
  uri_too_long: kind('uri_too_long', 414, 'The address is too long'),
  unsupported_media_type: kind('unsupported_media_type', 415, 'The media type is not supported'),
  expectation_failed: kind('expectation_failed', 417, 'The expectation cannot be met'),
  invalid: kind('invalid', 422, 'The request is not valid'),
  precondition_required: kind('precondition_required', 428, 'A precondition is required'),
  rate_limited: kind('rate_limited', 429, 'Too many requests'),
  headers_too_large: kind('headers_too_large', 431, 'The headers are too large'),
  internal: kind('internal', 500, 'Something went wrong here'),
  unavailable: kind('unavailable', 503, 'Not available right now'),
  storage_full: kind('storage_full', 507, 'The storage is full'),
})

export type Code = keyof typeof problemKinds

/** Codes of a single wrong value; closed and documented like the codes above. */
export const fieldCodes = Object.freeze({
  required: 'A value is needed.',
  unknown: 'There is no such field.',
  readonly: 'The server sets this field.',
  forbidden: 'This caller may not set this field.',
  wrong_type: 'The value has another type.',
  too_small: 'The value is below the least allowed.',
  too_large: 'The value is above the most allowed.',
  too_short: 'The text is too short.',
  too_long: 'The text is too long.',
  too_few: 'There are too few entries.',
  too_many: 'There are too many entries.',
  bad_format: 'The value does not have the form it needs.',
  bad_characters: 'The text holds characters that cannot be stored.',
  bad_choice: 'The value is not one of those allowed.',
  bad_reference: 'There is no such row, or this caller may not see it.',
  too_common: 'Others would guess this value.',
  bad_check: 'The values do not fit together.',
  duplicate: 'Another row already has this value.',
})

export type FieldCode = keyof typeof fieldCodes

/** One wrong value: where (RFC 6901 JSON pointer into the body), what, and what to do about it. */
export interface FieldError {
  readonly pointer: string
  readonly code: FieldCode
  readonly message: string
}

export interface ProblemExtras {
  /** Every wrong value, not only the first. */
  readonly errors?: readonly FieldError[]
  /** Headers that belong to the answer, such as Allow, Retry-After, WWW-Authenticate. */
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** A failure the caller caused or must know of. Thrown it undoes the work; returned from an action it keeps it. */
export class Problem extends Error {
  readonly kind: ProblemKind
  readonly errors: readonly FieldError[] | undefined
  readonly headers: Readonly<Record<string, string>> | undefined

  constructor(kind: Code | ProblemKind, detail: string, extras: ProblemExtras = {}) {
    super(detail, extras.cause === undefined ? undefined : { cause: extras.cause })
    this.name = 'Problem'
    this.kind = typeof kind === 'string' ? problemKinds[kind] : kind
    this.errors = extras.errors
    this.headers = extras.headers
  }

  get code(): string {
    return this.kind.code
  }

  get status(): number {
    return this.kind.status
  }
}

/** Declares a code of the app's own (`out_of_stock`); list it in the operation's `problems` for OpenAPI. */
export function problemKind<const C extends string>(code: C, status: number, title: string): ProblemKind<C> {
  if (!/^[a-z][a-z0-9_]{1,40}$/.test(code)) throw new TypeError(`problem code "${code}": lower case words joined by _`)
  if (status < 400 || status > 499) throw new TypeError(`problem code "${code}": an app's own problem has a 4xx status`)
  return kind(code, status, title)
}

/** Makes a problem to return: the work of the action is kept and the failure is answered. */
export function problem(kind: Code | ProblemKind, detail: string, extras: ProblemExtras = {}): Problem {
  return new Problem(kind, detail, extras)
}

/** Refuses with a problem unless the condition holds. */
export function ensure(condition: unknown, kind: Code | ProblemKind, detail: string): asserts condition {
  if (!condition) throw new Problem(kind, detail)
}
