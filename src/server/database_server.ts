// A PostgreSQL that lets tests make databases: found once, asked over one session that keeps no process alive.
import { Socket } from 'node:net'
import type { Client } from 'pg'
import { readTestConfig } from './config.ts'

/** Where databases are made and dropped. Locks that are taken are held by its one session. */
export interface DatabaseServer {
  /** The address of one of its databases. */
  urlOf(name: string): string
  /** Runs one statement and answers the first column of its rows. Fails as `pg` does. */
  ask(text: string, values?: readonly unknown[]): Promise<readonly unknown[]>
}

const connectMs = 2_000

/** Where a PostgreSQL of this machine answers that lets a developer in: over TCP, or over its socket. */
const places = ['postgres://postgres@127.0.0.1:5432/postgres', 'postgres://root@%2Fvar%2Frun%2Fpostgresql/postgres']

/** The servers of this process, by where they are. */
const servers = new Map<string, Promise<DatabaseServer>>()

/** The server that PLINTH_TEST_POSTGRES names, or else this machine's. Fails with NoServer where none answers. */
export function databaseServer(): Promise<DatabaseServer> {
  const { postgres } = readTestConfig()
  const wanted = postgres === undefined ? places : [postgres]
  const key = wanted.join(' ')
  const found = servers.get(key) ?? answering(wanted)
  servers.set(key, found)
  found.catch(() => servers.delete(key)) // it may answer later
  return found
}

async function answering(wanted: readonly string[]): Promise<DatabaseServer> {
  const failures: unknown[] = []
  for (const place of wanted) {
    const session = new ServerSession(place)
    try {
      await session.ask('select 1')
      return session
    } catch (error) {
      failures.push(error)
    }
  }
  throw new NoServer(wanted, failures)
}

/** No PostgreSQL answers anywhere that was looked. */
export class NoServer extends AggregateError {
  override readonly name = 'NoServer'

  constructor(wanted: readonly string[], failures: readonly unknown[]) {
    super([...failures], `no PostgreSQL answers at ${wanted.join(' or ')}; name one by PLINTH_TEST_POSTGRES`)
  }
}

/** One session, made when it is first asked and again when it was lost. It holds the process only while it is asked. */
export class ServerSession implements DatabaseServer {
  readonly #place: string
  #client: Promise<Client> | undefined
  #asked = 0

  constructor(place: string) {
    this.#place = place
  }

  urlOf(name: string): string {
    const url = new URL(this.#place)
    url.pathname = `/${name}`
    return url.href
  }

  async ask(text: string, values: readonly unknown[] = []): Promise<readonly unknown[]> {
    this.#client ??= this.#connect()
    const client = await this.#client
    if (this.#asked++ === 0) socketOf(client)?.ref()
    try {
      const { rows } = await client.query<unknown[]>({ text, values: [...values], rowMode: 'array' })
      return rows.map(([first]) => first)
    } finally {
      if (--this.#asked === 0) socketOf(client)?.unref()
    }
  }

  async end(): Promise<void> {
    const client = await this.#client
    if (client === undefined) return
    socketOf(client)?.ref()
    await client.end()
  }

  async #connect(): Promise<Client> {
    // Loaded only where it is used: an app that stays on SQLite does not install it.
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: this.#place, connectionTimeoutMillis: connectMs })
    const forget = (): void => {
      this.#client = undefined
    }
    client.on('error', forget).on('end', forget)
    try {
      return await client.connect().then(() => client)
    } catch (error) {
      forget()
      throw error
    }
  }
}

function socketOf({ connection: { stream } }: Client): Socket | undefined {
  return stream instanceof Socket ? stream : undefined
}
