// The http door: bytes of a socket to a route and its answer back to bytes, with every limit and refusal in between.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../base/clock.ts'
import { createIds } from '../../base/id.ts'
import { drainLimits, httpLimits } from '../../base/limits.ts'
import type { Log } from '../../base/log.ts'
import type { Random } from '../../base/random.ts'
import { createApp } from './app.ts'
import { createCors } from './cors.ts'
import { createDrain, type Drain, type DrainLimits } from './drain.ts'
import type { Asked } from './exchange.ts'
import { headerSheet } from './headers.ts'
import { healthRoutes, type Readiness } from './health.ts'
import { type InjectedAnswer, type InjectedRequest, injectRequest } from './inject.ts'
import { type CustomRoutes, openPluginScope } from './plugin_scope.ts'
import type { RefusalMeans } from './refuse_raw.ts'
import type { Route } from './route.ts'
import { createRouteTable } from './route_table.ts'
import { type Limits, serve, type ServeMeans } from './serve.ts'
import { isSpent } from './socket_state.ts'

export interface DoorOptions {
  readonly routes: readonly Route[]
  readonly log: Log
  readonly clock: Clock
  readonly random: Random
  /** What to change of `httpLimits`. */
  readonly limits?: Partial<Limits>
  /** What to change of `drainLimits`. */
  readonly drain?: Partial<DrainLimits>
  /** Origins whose scripts may call, with credentials; none by default. */
  readonly origins?: readonly string[]
  /** Addresses or networks (CIDR) whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[]
  /** True where the service is reached by https alone. */
  readonly hsts?: boolean
  readonly ready: () => Readiness | Promise<Readiness>
  /** Custom routes as plain Fastify plugins: an escape hatch. */
  readonly plugins?: readonly CustomRoutes[]
}

export interface Door {
  /** Opens the socket. Fails when the port is taken. */
  listen(at: { readonly port: number; readonly host: string }): Promise<{ readonly url: string }>
  /** One request without a socket, for tests; everything but the socket's own limits holds. */
  inject(request: InjectedRequest): Promise<InjectedAnswer>
  /** Answers a request that another server has taken; nobody has read its body. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Drains in the order of drain.ts, within `totalMs`; later calls wait for the first. */
  close(hasty?: boolean): Promise<void>
  readonly draining: boolean
}

/** Makes a door that is not open yet. Throws TypeError on routes, origins or proxies it cannot hold. */
export function createDoor(options: DoorOptions): Door {
  const limits: Limits = { ...httpLimits, ...options.limits }
  const newId = createIds(options.clock, options.random)
  const sheet = headerSheet(options.hsts ?? false)
  const serveHere = (asked: Asked, response: ServerResponse): void => serve(means, asked, response)
  const refusals: RefusalMeans = { sheet, log: options.log, newId, now: () => options.clock.now() }
  const app = createApp({ limits, newId, refusals, serve: serveHere, trustedProxies: options.trustedProxies ?? [] })
  const drain = createDrain(app.server, { ...drainLimits, ...options.drain }, () => options.clock.ms())
  const means = serveMeans(options, { limits, drain, sheet, newId })
  const opened = openPluginScope(app, means, options.plugins ?? []).then(() => app.ready())
  // `listen` and `inject` wait for it and report it; unheard until then it would end the process.
  opened.catch(() => undefined)
  return publicDoor(app, drain, opened)
}

function publicDoor(app: FastifyInstance, drain: Drain, opened: Promise<unknown>): Door {
  let closed: Promise<void> | undefined
  return {
    async listen(at) {
      await opened
      return { url: await listen(app.server, at) }
    },
    async inject(request) {
      await opened
      return injectRequest(app, request)
    },
    handle(request, response) {
      opened.then(
        () => app.routing(request, response),
        (error: Error) => response.destroy(error),
      )
    },
    close: (hasty) => (closed ??= close(app, drain, hasty)),
    get draining() {
      return drain.draining
    },
  }
}

interface Made extends Pick<ServeMeans, 'limits' | 'sheet'> {
  readonly drain: Drain
  readonly newId: () => string
}

function serveMeans(options: DoorOptions, made: Made): ServeMeans {
  const { limits, sheet, drain, newId } = made
  const { clock, log, ready } = options
  const health = healthRoutes({ ready, isDraining: () => drain.draining })
  const sockets = { most: limits.requestsPerSocket }
  return {
    table: createRouteTable([...health, ...options.routes], limits.pathParameterChars),
    limits,
    sheet,
    sockets,
    log,
    cors: createCors(options.origins ?? []),
    nowMs: () => clock.ms(),
    // 32 hexadecimal digits, the last 62 bits of them random: all that W3C Trace Context asks of an id.
    newTraceId: () => newId().replaceAll('-', ''),
    compressFromBytes: limits.compressFromBytes,
    isLast: (exchange) => exchange.isLast || drain.closing || isSpent(sockets, exchange.raw.socket),
    leftMs: () => drain.leftMs(),
  }
}

function listen(server: Server, at: { readonly port: number; readonly host: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host, () => {
      server.off('error', reject)
      const bound = server.address()
      const port = bound !== null && typeof bound === 'object' ? bound.port : at.port
      resolve(`http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`)
    })
  })
}

// Without a socket there is nobody to wait for; the plugins still want their `onClose`.
async function close(app: FastifyInstance, drain: Drain, hasty = false): Promise<void> {
  if (app.server.listening) await drain.run(hasty)
  await app.close()
}
