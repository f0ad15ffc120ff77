// Sends an answer: the headers every answer has, the body compressed where that pays, the log line behind it.
import type { Log } from '../../base/log.ts'
import type { Problem } from '../../base/pure/problem.ts'
import { CLIENT_LEFT, logExchange } from './access_log.ts'
import { compress, type Encoding, encodingFor, heldTag, shrinks, tagEncoded } from './compress.ts'
import type { Cors } from './cors.ts'
import type { Exchange } from './exchange.ts'
import { addVary, type HeaderList, type HeaderSheet, layHeaders } from './headers.ts'
import { endWithBodyUnread } from './linger.ts'
import { problemAnswer, toProblem } from './problem_answer.ts'
import { hasBody } from './request_head.ts'
import type { DoorAnswer } from './route.ts'

/** What sending needs of the door. */
export interface AnswerMeans {
  readonly sheet: HeaderSheet
  readonly cors: Cors | undefined
  readonly log: Log
  readonly nowMs: () => number
  readonly compressFromBytes: number
  /** True when this connection takes no further request. */
  readonly isLast: (exchange: Exchange) => boolean
}

/** Sends the answer unless one was chosen before. */
export function sendAnswer(means: AnswerMeans, exchange: Exchange, answer: DoorAnswer): void {
  if (exchange.answered) return
  exchange.answered = true
  if (exchange.deadline !== undefined) clearTimeout(exchange.deadline)
  const { body } = answer
  const bytes = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length
  if (bytes < means.compressFromBytes || !shrinks(answer.type)) return write(means, exchange, answer, { body, bytes })
  sendText(means, exchange, answer, bytes)
}

/** Answers a failure as problem details; what was not a Problem is logged with its stack, in the request's own line. */
export function sendFailure(means: AnswerMeans, exchange: Exchange, thrown: unknown): void {
  const problem = toProblem(thrown)
  if (exchange.answered) return logLate(means, exchange, problem)
  exchange.failure = problem.cause
  exchange.log['code'] = problem.kind.code
  sendAnswer(means, exchange, problemAnswer(problem, exchange))
}

function logLate(means: AnswerMeans, exchange: Exchange, problem: Problem): void {
  if (problem.kind.status !== 500) return
  means.log.error({ requestId: exchange.requestId, error: problem.cause }, 'a handler failed after its answer was sent')
}

interface Payload {
  readonly body: DoorAnswer['body']
  readonly bytes: number
  readonly encoding?: Encoding
  /** True when another Accept-Encoding would have brought other bytes. */
  readonly varies?: boolean
}

function sendText(means: AnswerMeans, exchange: Exchange, answer: DoorAnswer, bytes: number): void {
  const { body } = answer
  const encoded = answer.headers['Content-Encoding'] !== undefined
  const encoding = encoded ? undefined : encodingFor(exchange.headers['accept-encoding'])
  if (body === undefined || encoding === undefined) {
    return write(means, exchange, answer, { body, bytes, varies: !encoded })
  }
  compress(encoding, typeof body === 'string' ? Buffer.from(body) : body, (error, smaller) => {
    if (error === null)
      return write(means, exchange, answer, { body: smaller, bytes: smaller.length, encoding, varies: true })
    exchange.log['compression'] = error.message
    write(means, exchange, answer, { body, bytes, varies: true })
  })
}

function write(means: AnswerMeans, exchange: Exchange, answer: DoorAnswer, payload: Payload): void {
  try {
    send(exchange, answer.status, headerList(means, exchange, answer, payload), payload)
    report(means, exchange, answer.status, payload.bytes)
  } catch (error) {
    if (exchange.response.headersSent) return abandon(means, exchange, error)
    // A header that cannot be sent (a line break in a value, say) is a fault of ours, found before a byte went out.
    const failed = problemAnswer(toProblem(error), exchange)
    const body = String(failed.body)
    exchange.failure = error
    const last = { body, bytes: Buffer.byteLength(body) }
    send(exchange, failed.status, headerList(means, exchange, failed, last), last)
    report(means, exchange, failed.status, last.bytes)
  }
}

function headerList(means: AnswerMeans, exchange: Exchange, answer: DoorAnswer, payload: Payload): HeaderList {
  const list = layHeaders(means.sheet, exchange.requestId, answer.headers)
  for (const cookie of answer.cookies ?? []) list.push('Set-Cookie', cookie)
  if (payload.body !== undefined) list.push('Content-Type', answer.type, 'Content-Length', String(payload.bytes))
  else if (answer.status !== 204 && answer.status !== 304) list.push('Content-Length', '0')
  if (payload.encoding !== undefined) list.push('Content-Encoding', payload.encoding)
  const coded = fitTag(list, exchange, answer.status, payload.encoding)
  if (means.cors !== undefined) list.push(...means.cors.headersFor(exchange.headers.origin))
  const vary = varyOf(means, exchange, coded || payload.varies === true)
  if (vary !== '') addVary(list, vary)
  if (means.isLast(exchange)) list.push('Connection', 'close')
  return list
}

/** Makes the tag that of the bytes sent, on a 304 that of the bytes the caller holds; true when it names a coding. */
function fitTag(list: HeaderList, exchange: Exchange, status: number, encoding: Encoding | undefined): boolean {
  if (encoding === undefined && status !== 304) return false
  const index = list.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'etag') + 1
  const tag = list[index]
  if (index === 0 || tag === undefined) return false
  const fitted = encoding === undefined ? heldTag(tag, exchange.headers['if-none-match']) : tagEncoded(tag, encoding)
  list[index] = fitted
  return fitted !== tag
}

function varyOf(means: AnswerMeans, exchange: Exchange, byCoding: boolean): string {
  const byType = (exchange.route?.produces?.length ?? 1) > 1
  if (!byType && !byCoding && means.cors === undefined) return ''
  const names = [byType ? 'Accept' : '', byCoding ? 'Accept-Encoding' : '', means.cors === undefined ? '' : 'Origin']
  return names.filter((name) => name !== '').join(', ')
}

function send(exchange: Exchange, status: number, list: HeaderList, { body, bytes }: Payload): void {
  const { raw, response } = exchange
  const shown = raw.method === 'HEAD' ? undefined : body
  if (hasBody(raw) && !raw.complete && !raw.readableEnded)
    return endWithBodyUnread(raw, response, { status, list, body: shown })
  response.writeHead(status, list)
  // Text as long in bytes as in characters is ASCII; named latin1 it is copied, not encoded, together with the head.
  if (typeof shown === 'string') response.end(shown, shown.length === bytes ? 'latin1' : 'utf8')
  else response.end(shown)
}

function report(means: AnswerMeans, exchange: Exchange, status: number, bytes: number): void {
  const sent = exchange.raw.method === 'HEAD' ? 0 : bytes
  logExchange(means.log, means.nowMs(), exchange, { status, bytes: sent, failure: exchange.failure })
}

/** The line of a request whose caller left before its body was whole. */
export function giveUp(means: AnswerMeans, exchange: Exchange): void {
  if (exchange.answered) return
  exchange.answered = true
  report(means, exchange, CLIENT_LEFT, 0)
}

/** The last resort, when even answering failed: the log hears of it, the caller sees the connection end. */
export function abandon(means: AnswerMeans, exchange: Exchange, error: unknown): void {
  exchange.response.destroy()
  means.log.error({ requestId: exchange.requestId, error }, 'a request could not be answered')
}
