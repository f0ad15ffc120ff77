// Two servers of one app that share time, dice and secret, one on each engine: what one answers, the other must answer.
import { type OwnedClock, ownedClock } from '../../src/base/clock.ts'
import { createLog } from '../../src/base/log.ts'
import { seededRandom } from '../../src/base/random.ts'
import { createKeyring, type Keyring } from '../../src/base/seal.ts'
import type { App } from '../../src/define/app.ts'
import { signToken } from '../../src/features/auth/index.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer, type Server } from '../../src/server/start.ts'
import type { Engine } from '../../src/store/contract.ts'
import { openPostgres } from '../../src/store/postgres/index.ts'
import { openSqlite } from '../../src/store/sqlite/index.ts'
import { postgresForTests } from '../postgres.ts'

/** What tokens are signed and answers sealed with. */
export const secret = 'a secret of the surface tests, 32+ bytes'
const keys = createKeyring(secret)

export interface Ask {
  readonly method?: string
  readonly url: string
  readonly as?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown
}

export interface Said {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The body, where it is JSON. */
  readonly json: Record<string, unknown> & {
    data: Record<string, unknown>[]
    errors: { pointer: string; code: string }[]
  }
}

export interface Surface {
  readonly name: string
  readonly server: Server
  readonly clock: OwnedClock
  readonly lines: string[]
  readonly ask: (ask: Ask) => Promise<Said>
  close(): Promise<void>
}

/** A caller's token: a member is a customer of its own. */
export function tokenOf(role: string, id: string, tenant: string | null = null): string {
  const exp = Date.parse('2100-01-01T00:00:00Z') / 1000
  return signToken(keys, { sub: id, roles: [role], tenant, profile: role === 'member', exp })
}

/** Opens an app on an engine of its own, or says why it cannot; `over` seeds a fault into the engine. */
export async function openSurface(
  app: App,
  name: 'sqlite' | 'postgres',
  over: (engine: Engine) => Engine = (engine) => engine,
  more: Pick<ServeOptions, 'realHashes'> = {},
): Promise<Surface | { readonly skip: string }> {
  const database = name === 'postgres' ? await postgresForTests(app) : undefined
  if (database !== undefined && 'skip' in database) return database
  const engine = database === undefined ? openSqlite({ file: ':memory:' }) : openPostgres({ url: database.url })
  const isPrepared = database?.isPrepared ?? false
  return serveOn(app, { name, engine: over(await engine), isPrepared, ...more, drop: async () => database?.drop() })
}

export interface ServeOptions {
  readonly name: string
  readonly engine: Engine
  /** The database is known to hold what the app needs. */
  readonly isPrepared?: boolean
  readonly clock?: OwnedClock
  readonly keys?: Keyring
  /** Another seed gives other ids: servers that share a database need it. */
  readonly seed?: number
  /** Of the environment, beside what every server of these tests has. */
  readonly environment?: Readonly<Record<string, string>>
  /** Hashes of passwords cost what they cost in production; next to nothing without it. */
  readonly realHashes?: boolean
  /** What is done when the server is closed. */
  readonly drop?: () => Promise<void>
}

/** Serves an app on an engine that is open; closing the surface closes it. */
export async function serveOn(app: App, options: ServeOptions): Promise<Surface> {
  const { name, engine, clock = ownedClock('2026-01-01T00:00:00.000Z'), seed = 7 } = options
  const lines: string[] = []
  const log = createLog({ level: 'info', write: (line) => void lines.push(line), clock })
  const config = readConfig({
    PLINTH_SECRET: secret,
    RATE_LIMIT: 'off',
    NODE_ENV: 'test',
    AUDIT_ANCHOR: 'off',
    ...options.environment,
  })
  const server = await openServer(app, {
    config: { ...config, services: { ...config.services, cheapHashes: options.realHashes !== true } },
    clock,
    random: seededRandom(seed),
    keys: options.keys ?? keys,
    log,
    engine,
    isPrepared: options.isPrepared ?? false,
  })
  server.setReady()
  return {
    name,
    server,
    clock,
    lines,
    ask: (ask) => send(server, ask),
    close: async () => {
      await server.close()
      await options.drop?.()
    },
  }
}

async function send(server: Server, { method, url, as, headers = {}, body }: Ask): Promise<Said> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const signed = as === undefined ? {} : { authorization: `Bearer ${as}` }
  const answer = await server.door.inject({
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    url,
    headers: { ...json, ...signed, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const { text } = answer
  // A HEAD says what it would be, and has no body.
  const isJson = text !== '' && /json/.test(answer.headers['content-type'] ?? '')
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: (isJson ? JSON.parse(text) : {}) as Said['json'],
  }
}
