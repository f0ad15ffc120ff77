// Makes the framework underneath: Fastify with its own parsing, validating, logging and closing switched off.
import type { Server, ServerResponse } from 'node:http'
import fastify, { type FastifyHttpOptions, type FastifyInstance } from 'fastify'
import { isRequestId } from '../../base/trace.ts'
import type { Asked } from './exchange.ts'
import { refuseBroken, refuseRaw, type RefusalMeans } from './refuse_raw.ts'
import type { Limits } from './serve.ts'

export interface AppMeans {
  readonly limits: Limits
  readonly newId: () => string
  readonly refusals: RefusalMeans
  /** Takes every request that no custom route takes. */
  readonly serve: (asked: Asked, response: ServerResponse) => void
  readonly trustedProxies: readonly string[]
}

/** A socket on which nothing moves for this long belongs to nobody: longer than any handler and any keep-alive. */
const STALLED_MS = 90_000

/** The framework with one route that takes everything, in a hook: before any body is parsed or a reply prepared. */
export function createApp(means: AppMeans): FastifyInstance {
  const app = fastify(fastifyOptions(means))
  const { serve } = means
  const takeOver = (request: Asked, reply: { readonly raw: ServerResponse }): void => serve(request, reply.raw)
  // The methods Fastify knows; a stranger one ends in its not-found handler, which serves the same way.
  app.route({ method: app.supportedMethods, url: '*', onRequest: takeOver, handler: takeOver })
  app.setNotFoundHandler(takeOver)
  limitServer(app, means)
  refuseRaw(app.server, means.refusals, (request, response) => app.routing(request, response))
  return app
}

function limitServer(app: FastifyInstance, { limits }: AppMeans): void {
  app.server.maxHeadersCount = limits.headerCount
  app.server.maxConnections = limits.connections
}

function fastifyOptions(means: AppMeans): FastifyHttpOptions<Server> {
  const { limits, refusals, serve } = means
  return {
    logger: false,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.connectionsCheckingIntervalMs,
      // Our own check answers a missing Host with a problem, and joined duplicates are seen where Node keeps the first.
      requireHostHeader: false,
      joinDuplicateHeaders: true,
    },
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionTimeout: STALLED_MS,
    schemaController: { compilersFactory: { buildValidator, buildSerializer } },
    bodyLimit: limits.bodyBytes,
    // Fastify would answer 503 on living connections while it closes; our drain serves them to the end.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    requestIdHeader: false,
    genReqId: (raw) => requestIdOf(raw.headers['x-request-id'], means.newId),
    clientErrorHandler: (error, socket) => refuseBroken(refusals, error, socket),
    // A bad escape or a long parameter is ours to answer, like everything about an address.
    frameworkErrors: (_error, request, reply) => serve(request, reply.raw),
    ...(means.trustedProxies.length === 0 ? {} : { trustProxy: [...means.trustedProxies] }),
  }
}

type Compilers = Required<NonNullable<NonNullable<FastifyHttpOptions<Server>['schemaController']>['compilersFactory']>>

// Given here and not by `set…Compiler`, because then Fastify does not load its own, which nobody would use.
// Custom routes bring their own validator: silently accepting a schema nobody checks would be worse than refusing it.
const buildValidator: Compilers['buildValidator'] = () => (route: unknown) => {
  const { url } = route as { readonly url?: string } // Fastify's own type is that of its default compiler's argument
  throw new TypeError(`The custom route ${url} has a schema but its plugin sets no validator compiler`)
}
const buildSerializer: Compilers['buildSerializer'] = () => () => (value) => JSON.stringify(value)

function requestIdOf(sent: string | string[] | undefined, newId: () => string): string {
  return typeof sent === 'string' && isRequestId(sent) ? sent : newId()
}
