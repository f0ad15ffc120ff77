// What the http door asks of those who hang routes on it: plain data in, plain data out, no framework type.

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One request after the door: sizes checked, body parsed, nothing trusted yet. */
export interface DoorRequest {
  readonly method: string
  /** Path as asked, without the query. */
  readonly path: string
  /** The raw query string without `?`; '' when there is none. */
  readonly query: string
  readonly params: Readonly<Record<string, string>>
  /** Lower-case names; repeated ones joined as Node joins them. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The parsed JSON body (limits, UTF-8, duplicate keys already checked); undefined when the request had none. */
  readonly body: unknown
  /** The media type of the body without parameters, lower case; '' when there is none. */
  readonly contentType: string
  readonly requestId: string
  /** W3C trace id: the caller's when it sent a valid `traceparent`, else a new one. */
  readonly traceId: string
  /** Address of the peer, or of the client where a trusted proxy names it. */
  readonly address: string
  /** Aborted when the client left, or the handler's deadline passed. */
  readonly signal: AbortSignal
  /** Fields that the request's one log line shall carry (operation, caller, …). */
  readonly log: Record<string, unknown>
}

/** An answer before the door adds what every answer has. Header names in the casing to send. */
export interface DoorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Values of `Set-Cookie`, each a header of its own (RFC 6265 §3). */
  readonly cookies?: readonly string[]
  /** Text is sent as it is (already JSON); undefined sends no body. */
  readonly body: string | Uint8Array | undefined
  /** Media type of the body with parameters; '' when there is no body. */
  readonly type: string
}

export interface Route {
  readonly method: Method
  /** `/api/v1/orders/:id`: parameters by `:name`, no wildcards, no regular expressions. */
  readonly path: string
  /** The operation's id, for logs. */
  readonly name: string
  /** Media types the body may have; absent: a body is refused (415). JSON types are parsed, others come as bytes. */
  readonly consumes?: readonly string[]
  /** Media types the route answers with besides problems; default `application/json`. */
  readonly produces?: readonly string[]
  readonly bodyBytes?: number
  /** Deadline of the handler in milliseconds; the door's default otherwise, at most 60,000. */
  readonly deadlineMs?: number
  handle(request: DoorRequest): DoorAnswer | Promise<DoorAnswer>
}
