// Finds the package `pg`, reads the address, and opens one session with every timeout and setting of ours.
import type { Duplex } from 'node:stream'
import type * as pg from 'pg'
import type { Client, ClientConfig } from 'pg'
import type { postgresLimits } from '../../base/limits.ts'
import { StoreError } from '../contract.ts'
import { quotedText } from '../migrate/literal.ts'
import { adoptExchanges } from './exchange.ts'
import { connectFailure, wasCut } from './failure.ts'
import type { Roles } from './roles.ts'
import { SETTINGS_OF_CALLER } from './security_dialect.ts'

/** The limits of one engine; the defaults and their reasons are in base/limits.ts. */
export type PostgresLimits = { readonly [limit in keyof typeof postgresLimits]: number }

/**
 * What a session is for. `shared`: reads of many calls at once. `lent`: one transaction at a time. Both are read only
 * unless a transaction says otherwise. `schema`: migrations.
 */
export type SessionKind = 'shared' | 'lent' | 'schema'

/** Opens sessions to one database. */
export interface Driver {
  readonly limits: PostgresLimits
  /** Host, port and database: safe to show. */
  readonly place: string
  /** The roles of row security, once it is on: sessions for data are nobody's among callers then. */
  roles: Roles | undefined
  /** Fails with StoreError 'unavailable' within `connectMs`. */
  connect(kind: SessionKind): Promise<Client>
}

/** Loads `pg` and reads the address. Fails when the package is missing or the address is none. */
export async function loadDriver(url: string, limits: PostgresLimits): Promise<Driver> {
  const { Client, Query } = await loadPackage()
  adoptExchanges(Query)
  const config: ClientConfig = {
    connectionString: url,
    connectionTimeoutMillis: limits.connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    pipeline: true,
  }
  const place = placeOf(Client, config)
  const driver: Driver = {
    limits,
    place,
    roles: undefined,
    connect: (kind) => connect({ make: () => new Client(config), limits, place, roles: driver.roles }, kind),
  }
  return driver
}

async function loadPackage(): Promise<Pick<typeof pg, 'Client' | 'Query'>> {
  try {
    const loaded = await import('pg')
    return loaded.default
  } catch (cause) {
    throw new Error('PostgreSQL needs the package "pg": npm install pg', { cause })
  }
}

// The error of a bad address holds the address, and with it the password: it is neither shown nor kept as the cause.
function placeOf(client: typeof Client, config: ClientConfig): string {
  try {
    const probe = new client(config)
    return `${probe.host}:${probe.port}`
  } catch {
    throw new TypeError('DATABASE_URL is not an address such as postgres://name:password@host:5432/database')
  }
}

interface Connecting {
  readonly make: () => Client
  readonly limits: PostgresLimits
  readonly place: string
  readonly roles: Roles | undefined
}

// A server that restarts, or a balancer that moves on, cuts connections in the making too. Nothing was asked over them
// yet, so one more is made; the clients of this process would meet that failure all at once otherwise.
async function connect(connecting: Connecting, kind: SessionKind): Promise<Client> {
  const { make, place } = connecting
  try {
    return await attempt(make(), kind, connecting).catch((error: unknown) => {
      if (wasCut(error)) return attempt(make(), kind, connecting)
      throw error
    })
  } catch (error) {
    throw error instanceof StoreError ? error : connectFailure(error, place)
  }
}

async function attempt(client: Client, kind: SessionKind, { limits, roles }: Connecting): Promise<Client> {
  let late: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error('no answer in time')), limits.connectMs)
  })
  client.on('error', ignoreUntilOwned)
  try {
    const ready = client
      .connect()
      .then(() => prepareSession(client, kind === 'schema' ? FOR_SCHEMA : { ...forData(limits), ...forNobody(roles) }))
    await Promise.race([ready, tooLate])
    joinPackets(client.connection.stream)
    return client
  } catch (error) {
    client.connection.stream.destroy()
    throw error
  } finally {
    clearTimeout(late)
  }
}

// A client without a listener for 'error' ends the process; while connecting, the same error rejects `connect`.
const ignoreUntilOwned = (): void => {}

// pg writes each message by itself, four a statement; a system call for a hundred small buffers costs more than one
// copy of them. Done when the connection is made, because TLS puts another stream in the first one's place.
function joinPackets(stream: Duplex): void {
  stream._writev = (chunks, callback) => {
    const joined = Buffer.concat(chunks.map(({ chunk }) => chunk))
    stream._write(joined, 'buffer' as BufferEncoding, callback) // Node's word for bytes; its own type lacks it
  }
}

async function prepareSession(client: Client, own: { readonly [name: string]: string }): Promise<void> {
  const settings = Object.entries({ ...SETTINGS, ...own })
  const calls = settings.map(([name, value]) => `set_config('${name}', ${quotedText(value)}, false)`)
  const answer = await client.query<string[]>({
    text: `select current_setting('server_encoding'), current_setting('server_version_num'), ${calls.join(', ')}`,
    rowMode: 'array',
  })
  const [encoding, version] = answer.rows[0] ?? []
  if (encoding !== 'UTF8') throw new StoreError('broken', `The database must be encoded in UTF8, not in ${encoding}.`)
  if (Number(version) < OLDEST) throw new StoreError('broken', 'PostgreSQL 13 or later is needed.')
}

const OLDEST = 130_000

// What the answers' bytes depend on is set here, whatever the server, the role or the address say.
const SETTINGS = {
  application_name: 'plinth',
  search_path: 'public',
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  standard_conforming_strings: 'on',
  client_min_messages: 'warning',
  // Costs are guesses where tables are young: compiling a question to the catalog took longer than answering it.
  jit: 'off',
}

const forData = (limits: PostgresLimits): { readonly [name: string]: string } => ({
  statement_timeout: `${limits.statementTimeoutMs}ms`,
  lock_timeout: `${limits.lockTimeoutMs}ms`,
  idle_in_transaction_session_timeout: `${limits.idleInTransactionMs}ms`,
  // BEGIN travels in one flush with the first statement. Were BEGIN alone to fail, the statement would run and commit
  // on its own; it cannot write then, because only our BEGIN says "read write".
  default_transaction_read_only: 'on',
})

// Nobody in particular, whatever the database sets for its users: what is not bound to anybody sees what anybody may.
// The role comes last: the others are set by the user who connected.
const forNobody = (roles: Roles | undefined): { readonly [name: string]: string } => ({
  ...Object.fromEntries(SETTINGS_OF_CALLER.map((name) => [name, ''])),
  ...(roles && { role: roles.caller }),
})

// An index of a large table takes an hour; a lock that is not had in a second is given back, or every reader queues
// behind the one who waits. A script may set others.
const FOR_SCHEMA = { statement_timeout: '1h', lock_timeout: '1s', idle_in_transaction_session_timeout: '10s' }
