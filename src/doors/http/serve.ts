// The way of one request: head, URL, method, media types, body, handler, answer; every refusal leaves by one function.
import type { ServerResponse } from 'node:http'
import type { httpLimits } from '../../base/limits.ts'
import { atEndOfTurn } from '../../base/outlive.ts'
import { Problem } from '../../base/pure/problem.ts'
import { abandon, type AnswerMeans, giveUp, sendAnswer, sendFailure } from './answer.ts'
import { checkMediaType, parseBody, readBody } from './body.ts'
import { type Asked, Exchange, type ExchangeMeans } from './exchange.ts'
import { chooseType } from './negotiate.ts'
import { hasBody, readHead } from './request_head.ts'
import type { DoorAnswer, Route } from './route.ts'
import type { PlacedRoute, Resource, RouteTable } from './route_table.ts'
import { countRequest, type SocketCount } from './socket_state.ts'

/** `httpLimits`, any of them with another value. */
export type Limits = Readonly<Record<keyof typeof httpLimits, number>>

/** Everything the way needs, made once with the door. */
export interface ServeMeans extends AnswerMeans, ExchangeMeans {
  readonly table: RouteTable
  readonly limits: Limits
  readonly sockets: SocketCount
  /** Milliseconds that remain before the process must be gone; Infinity while nobody asked it to. */
  readonly leftMs: () => number
}

/** No route may keep a caller longer. */
const LONGEST_MS = 60_000
const anything: readonly string[] = ['application/json']

/** Serves one request. Never throws: what fails is answered. */
export function serve(means: ServeMeans, asked: Asked, response: ServerResponse): void {
  if (!countRequest(means.sockets, asked.raw.socket)) return
  const exchange = new Exchange(asked, response, means)
  try {
    enter(means, exchange)
  } catch (error) {
    refuse(means, exchange, error)
  }
}

function refuse(means: ServeMeans, exchange: Exchange, error: unknown): void {
  try {
    sendFailure(means, exchange, error)
  } catch (worse) {
    abandon(means, exchange, worse)
  }
}

function enter(means: ServeMeans, exchange: Exchange): void {
  readAddress(means, exchange)
  if (exchange.path === '*') return answerStar(means, exchange)
  const values: string[] = []
  const resource = means.table.find(exchange.path, values)
  if (resource === undefined) throw new Problem('not_found', 'There is nothing at this address.')
  if (exchange.raw.method === 'OPTIONS')
    return sendAnswer(means, exchange, optionsAnswer(means, exchange, resource.allow))
  const route = pickRoute(resource, exchange, values)
  exchange.route = route
  if (chooseType(exchange.headers.accept, route.produces ?? anything) === undefined) throw notAcceptable(route)
  if (hasBody(exchange.raw)) receive(means, exchange, route)
  else run(means, exchange, route)
}

function readAddress(means: ServeMeans, exchange: Exchange): void {
  const target = exchange.raw.url ?? ''
  const mark = target.indexOf('?')
  // Known before the checks, so that their refusals can name it too.
  exchange.path = mark === -1 ? target : target.slice(0, mark)
  // Whoever sends a head that two servers may read differently gets one answer and no second request.
  exchange.isLast = true
  const { path, query } = readHead(exchange.raw, means.limits.queryBytes)
  exchange.isLast = false
  exchange.path = path
  exchange.query = query
}

/** RFC 9110 §9.3.7: `OPTIONS *` asks about the server; no other method may. */
function answerStar(means: ServeMeans, exchange: Exchange): void {
  if (exchange.raw.method !== 'OPTIONS') throw new Problem('malformed', 'Only OPTIONS may ask for *.')
  sendAnswer(means, exchange, optionsAnswer(means, exchange, 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'))
}

function optionsAnswer(means: ServeMeans, exchange: Exchange, allow: string): DoorAnswer {
  const { origin } = exchange.headers
  const asks = exchange.headers['access-control-request-method'] !== undefined
  const cors = asks && means.cors !== undefined ? means.cors.preflight(origin, allow) : {}
  return { status: 204, headers: { Allow: allow, ...cors }, body: undefined, type: '' }
}

function pickRoute(resource: Resource, exchange: Exchange, values: readonly string[]): Route {
  const method = exchange.method === 'HEAD' ? 'GET' : exchange.method
  const placed = resource.routes.get(method)
  if (placed === undefined) {
    const detail = `This address has ${resource.allow}.`
    throw new Problem('method_not_allowed', detail, { headers: { Allow: resource.allow } })
  }
  if (values.length > 0) exchange.params = nameValues(placed, values)
  return placed.route
}

function nameValues(placed: PlacedRoute, values: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {}
  placed.names.forEach((name, index) => {
    params[name] = values[index] ?? ''
  })
  return params
}

function notAcceptable(route: Route): Problem {
  return new Problem('not_acceptable', `This address answers with ${(route.produces ?? anything).join(' or ')}.`)
}

function receive(means: ServeMeans, exchange: Exchange, route: Route): void {
  const { raw, response } = exchange
  const type = checkMediaType(raw, route)
  readBody(raw, response, route.bodyBytes ?? means.limits.bodyBytes, {
    done: (bytes) => {
      try {
        if (bytes.length > 0) {
          exchange.body = parseBody(bytes, type)
          exchange.contentType = type
        }
        run(means, exchange, route)
      } catch (error) {
        refuse(means, exchange, error)
      }
    },
    failed: (problem) => {
      if (problem === undefined) return giveUp(means, exchange)
      exchange.isLast ||= problem.kind.code !== 'too_large'
      sendFailure(means, exchange, problem)
    },
  })
}

/** A handler that answers at once is answered at once; only one that outlives its turn gets a deadline. */
function run(means: ServeMeans, exchange: Exchange, route: Route): void {
  const outcome = route.handle(exchange)
  if (!(outcome instanceof Promise)) return sendAnswer(means, exchange, outcome)
  const allowedMs = Math.min(route.deadlineMs ?? means.limits.handlerDeadlineMs, LONGEST_MS, means.leftMs())
  atEndOfTurn(() => {
    if (!exchange.answered) exchange.deadline = setTimeout(expire, allowedMs, means, exchange)
  })
  const settled = outcome.then(
    (answer) => sendAnswer(means, exchange, answer),
    (error: unknown) => sendFailure(means, exchange, error),
  )
  settled.catch((error: unknown) => abandon(means, exchange, error))
}

function expire(means: ServeMeans, exchange: Exchange): void {
  const late = new Problem('unavailable', 'The answer took too long; nothing is known of its outcome.')
  exchange.stop(late)
  sendFailure(means, exchange, late)
}
