// One request and its answer on the way through the door: what the handler sees, and what the door must remember.
import { type IncomingMessage, type ServerResponse } from 'node:http'
import { Problem } from '../../base/pure/problem.ts'
import { parseTraceparent } from '../../base/trace.ts'
import { type DoorRequest, type Route } from './route.ts'

const noParams: Readonly<Record<string, string>> = Object.freeze({})

/** What is costly and seldom asked for (trace id, abort signal, address) is made on first use. */
export class Exchange implements DoorRequest {
  readonly raw: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  readonly startedMs: number
  readonly log: Record<string, unknown> = {}
  path = ''
  query = ''
  params: Readonly<Record<string, string>> = noParams
  body: unknown = undefined
  contentType = ''
  /** Set once the URL and the method are known. */
  route: Route | undefined = undefined
  allow = ''
  /** True from the moment an answer was chosen; a later one (after the deadline, say) is dropped. */
  answered = false
  deadline: NodeJS.Timeout | undefined = undefined
  readonly #addressOf: () => string
  readonly #newTraceId: () => string
  #traceId: string | undefined = undefined
  #abort: AbortController | undefined = undefined

  constructor(raw: IncomingMessage, response: ServerResponse, given: ExchangeParts) {
    this.raw = raw
    this.response = response
    this.requestId = given.requestId
    this.startedMs = given.startedMs
    this.#addressOf = given.addressOf
    this.#newTraceId = given.newTraceId
  }

  get method(): string {
    return this.raw.method ?? ''
  }

  get headers(): Readonly<Record<string, string | undefined>> {
    // Only `set-cookie` is a list in Node's type, and the door's server joins even that one (joinDuplicateHeaders).
    return this.raw.headers as Readonly<Record<string, string | undefined>>
  }

  get traceId(): string {
    const sent = this.raw.headers['traceparent']
    this.#traceId ??= (typeof sent === 'string' ? parseTraceparent(sent)?.traceId : undefined) ?? this.#newTraceId()
    return this.#traceId
  }

  get address(): string {
    return this.#addressOf()
  }

  get signal(): AbortSignal {
    this.#abort ??= this.#listen()
    return this.#abort.signal
  }

  /** Tells the handler to stop, if it ever asked for the signal. */
  abort(reason: Problem): void {
    this.#abort?.abort(reason)
  }

  #listen(): AbortController {
    const controller = new AbortController()
    const left = (): void => {
      if (!this.answered) controller.abort(new Problem('timeout', 'The client left before the answer.'))
    }
    if (this.response.destroyed) left()
    else this.response.once('close', left)
    return controller
  }
}

export interface ExchangeParts {
  readonly requestId: string
  readonly startedMs: number
  readonly addressOf: () => string
  readonly newTraceId: () => string
}
