// One request and its answer on the way through the door: what the handler sees, and what the door must remember.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from '../../base/pure/problem.ts'
import { parseTraceparent } from '../../base/trace.ts'
import type { DoorRequest, Route } from './route.ts'

const noParams: Readonly<Record<string, string>> = Object.freeze({})

/** What the framework knows of a request; its own request object has this shape. */
export interface Asked {
  readonly raw: IncomingMessage
  readonly id: string
  /** The peer, or the client behind a trusted proxy; undefined when it left before we looked. */
  readonly ip: string | undefined
}

export interface ExchangeMeans {
  readonly nowMs: () => number
  readonly newTraceId: () => string
}

/** What is costly and seldom asked for (trace id, abort signal) is made on first use. */
export class Exchange implements DoorRequest {
  readonly raw: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  readonly startedMs: number
  /** Read at once: a socket forgets its peer when it closes. */
  readonly address: string
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
  readonly #newTraceId: () => string
  #traceId: string | undefined = undefined
  #abort: AbortController | undefined = undefined
  #stopped: Problem | undefined = undefined

  constructor(asked: Asked, response: ServerResponse, means: ExchangeMeans) {
    this.raw = asked.raw
    this.response = response
    this.requestId = asked.id
    this.startedMs = means.nowMs()
    this.address = plainAddress(asked.ip ?? '')
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

/** An IPv4 peer of a socket that listens on both families is named as itself. */
function plainAddress(ip: string): string {
  return ip.startsWith('::ffff:') ? ip.slice(7) : ip
}
