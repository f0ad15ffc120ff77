// Lets plain Fastify plugins in under a prefix, with the head checks, headers, problems and log line of every route.
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { readJson } from '../../base/json.ts'
import { Problem, problemKinds, type Code } from '../../base/pure/problem.ts'
import { logExchange } from './access_log.ts'
import { Exchange } from './exchange.ts'
import { layHeaders } from './headers.ts'
import { problemAnswer, toProblem } from './problem_answer.ts'
import { readHead } from './request_head.ts'
import type { ServeMeans } from './serve.ts'
import { countRequest } from './socket_state.ts'

export interface CustomRoutes {
  readonly prefix: string
  readonly plugin: FastifyPluginAsync
}

/** Registers the plugins in a scope of their own: what they add to Fastify stays among them. */
export async function openPluginScope(
  app: FastifyInstance,
  means: ServeMeans,
  custom: readonly CustomRoutes[],
): Promise<void> {
  await app.register(async (scope) => {
    const exchanges = new WeakMap<FastifyRequest, Exchange>()
    addHooks(scope, means, exchanges)
    readBodies(scope)
    for (const { prefix, plugin } of custom) await scope.register(plugin, { prefix })
  })
}

function addHooks(scope: FastifyInstance, means: ServeMeans, exchanges: WeakMap<FastifyRequest, Exchange>): void {
  scope.addHook('onRoute', (route) => {
    route.handlerTimeout ??= means.limits.handlerDeadlineMs
  })
  scope.addHook('onRequest', (request, reply, done) => {
    if (!countRequest(means.sockets, request.raw.socket)) return
    const exchange = new Exchange(request, reply.raw, means)
    exchanges.set(request, exchange)
    exchange.route = { method: 'GET', path: '', name: request.routeOptions.url ?? '', handle: neverCalled }
    exchange.path = (request.raw.url ?? '').split('?', 1)[0] ?? ''
    readHead(request.raw, means.limits.queryBytes)
    done()
  })
  scope.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error)
    const exchange = exchanges.get(request)
    if (exchange !== undefined) exchange.failure = problem.cause
    sendProblem(reply, problem, request)
  })
  scope.addHook('onSend', (request, reply, payload, done) => {
    const exchange = exchanges.get(request)
    if (exchange !== undefined) addHeaders(means, exchange, reply)
    done(null, payload)
  })
  scope.addHook('onResponse', (request, reply, done) => {
    const exchange = exchanges.get(request)
    const bytes = Number(reply.getHeader('content-length') ?? 0)
    const { failure } = exchange ?? {}
    if (exchange !== undefined)
      logExchange(means.log, means.nowMs(), exchange, { status: reply.statusCode, bytes, failure })
    done()
  })
}

function neverCalled(): never {
  throw new Error('A custom route is served by its plugin')
}

function addHeaders(means: ServeMeans, exchange: Exchange, reply: FastifyReply): void {
  const list = layHeaders(means.sheet, exchange.requestId, {})
  if (means.cors !== undefined) list.push('Vary', 'Origin', ...means.cors.headersFor(exchange.headers.origin))
  if (means.isLast(exchange)) list.push('Connection', 'close')
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] ?? ''
    if (!reply.hasHeader(name)) reply.header(name, list[index + 1])
  }
}

function sendProblem(reply: FastifyReply, problem: Problem, request: FastifyRequest): void {
  const path = (request.raw.url ?? '').split('?', 1)[0] ?? ''
  const answer = problemAnswer(problem, { path, requestId: request.id })
  // As bytes, because Fastify adds a charset to text, which problem+json does not have (RFC 8259 §11).
  reply
    .code(answer.status)
    .headers(answer.headers)
    .type(answer.type)
    .send(Buffer.from(String(answer.body)))
}

/** Fastify's own refusals carry a status; the code is the one of the closed list with that status. */
function problemOf(error: unknown): Problem {
  if (!(error instanceof Error) || error instanceof Problem) return toProblem(error)
  const status = 'statusCode' in error ? error.statusCode : 500
  // Keys of a frozen literal: nothing else can be in it.
  const code = (Object.keys(problemKinds) as Code[]).find((each) => problemKinds[each].status === status)
  return code === undefined || code === 'internal' ? toProblem(error) : new Problem(code, error.message)
}

function readBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(/^application\/(?:[\w.-]+\+)?json/, { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : readJson(Buffer.from(body)))
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  })
}
