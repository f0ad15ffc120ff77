// One request and its answer on the way through the door: what the handler sees, and what the door must remember.
import { type IncomingMessage, type ServerResponse } from 'node:http'
import { Problem } from '../../base/pure/problem.ts'
import { parseTraceparent } from '../../base/trace.ts'
import { type DoorRequest, type Route } from './route.ts'

const noParams: Readonly<Record<string, string>> = Object.freeze({})

/** What the framework knows of a request; its own request object has this shape. */
export interface Asked {
  readonly raw: IncomingMessage
  readonly id: string
  /** The peer, or the client behind a trusted proxy. */
  readonly ip: string
}

export interface ExchangeMeans {
  readonly nowMs: () => number
  readonly newTraceId: () => string
}

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
  /** Set once URL and method are known. */
  route: Route | undefined = undefined
  /** True from the moment an answer was chosen; a later one (after the deadline, say) is dropped. */
  answered = false
  /** True when the connection takes no further request after this one. */
  isLast = false
  deadline: NodeJS.Timeout | undefined = undefined
  /** What was thrown when it was our failure, for the log line. */
  failure: unknown = undefined
  readonly #asked: Asked
  readonly #newTraceId: () => string
  #traceId: string | undefined = undefined
  #abort: AbortController | undefined = undefined
  #stopped: Problem | undefined = undefined

  constructor(asked: Asked, response: ServerResponse, means: ExchangeMeans) {
    this.raw = asked.raw
    this.response = response
    this.requestId = asked.id
    this.startedMs = means.nowMs()
    this.#asked = asked
    this.#newTraceId = means.newTraceId
  }

  get method(): string {
    return this.raw.method ?? ''
  }

  get headers(): Readonly<Record<string, string | undefined>> {
    // Node's type has one list in it, `set-cookie`, which requests do not carry; the server joins all others.
    return this.raw.headers as Readonly<Record<string, string | undefined>>
  }

  get traceId(): string {
    this.#traceId ??= this.#readTrace()
    return this.#traceId
  }

  get address(): string {
    const { ip } = this.#asked
    return ip.startsWith('::ffff:') ? ip.slice(7) : ip
  }

  get signal(): AbortSignal {
    this.#abort ??= this.#watch()
    return this.#abort.signal
  }

  /** Tells the handler to stop; one that asks for the signal only later finds it aborted. */
  stop(reason: Problem): void {
    this.#stopped = reason
    this.#abort?.abort(reason)
  }

  #readTrace(): string {
    const { traceparent } = this.headers
    return (traceparent === undefined ? undefined : parseTraceparent(traceparent)?.traceId) ?? this.#newTraceId()
  }

  #watch(): AbortController {
    const controller = new AbortController()
    const left = (): void => {
      if (!this.answered) controller.abort(new Problem('timeout', 'The client left before the answer.'))
    }
    if (this.#stopped !== undefined) controller.abort(this.#stopped)
    else if (this.response.destroyed) left()
    else this.response.once('close', left)
    return controller
  }
}
