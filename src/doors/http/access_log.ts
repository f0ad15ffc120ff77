// One line for every request, written when its answer is handed over; the query stays out, it may hold secrets.
import type { Log } from '../../base/log.ts'
import type { Exchange } from './exchange.ts'

/** What became of a request. */
export interface Outcome {
  readonly status: number
  /** Bytes of the body as sent. */
  readonly bytes: number
  /** What was thrown, when it was our failure: its stack belongs to this line and to no other. */
  readonly failure?: unknown
}

/** Statuses that were never sent, because nobody was there to receive them. */
export const CLIENT_LEFT = 499

/** Writes the line: `error` from 500 up, else `info`. The handler's fields come first, so they cannot forge ours. */
export function logExchange(log: Log, nowMs: number, exchange: Exchange, outcome: Outcome): void {
  const fields: Record<string, unknown> = {
    ...exchange.log,
    requestId: exchange.requestId,
    traceId: exchange.traceId,
    method: exchange.method,
    path: exchange.path,
    route: exchange.route?.name ?? '',
    status: outcome.status,
    durationMs: nowMs - exchange.startedMs,
    bytes: outcome.bytes,
    address: exchange.address,
  }
  if (outcome.failure !== undefined) fields['error'] = outcome.failure
  if (exchange.response.destroyed) fields['aborted'] = true
  if (outcome.status >= 500) log.error(fields, 'request')
  else log.info(fields, 'request')
}
