// Reads a database that was left behind as any client would: over the lists of a server.
import { createLog } from '../../src/base/log.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/start.ts'
import faults from './app.ts'
import type { Rows } from './history.ts'
import { Connection } from './lanes.ts'

/** Reads every note and account of a server that runs. Fails when it answers anything else than lists. */
export async function readOverHttp(origin: string): Promise<Rows> {
  const connection = new Connection(origin)
  try {
    return await readLists(async (path) => {
      const answer = await connection.ask({ method: 'GET', path })
      return { status: answer?.status ?? 0, body: answer?.body ?? {} }
    })
  } finally {
    connection.close()
  }
}

/** Starts the app on a file inside this process, reads every note and account, and closes it. */
export async function readThroughServer(file: string): Promise<Rows> {
  const config = readConfig({
    DATABASE_URL: `sqlite:${file}`,
    PLINTH_SECRET: 'the secret of the servers under fault',
    RATE_LIMIT: 'off',
  })
  const log = createLog({ level: 'silent', write: () => undefined })
  const server = await openServer(faults, { config, log, drain: { unreadyMs: 0, drainMs: 100, totalMs: 100 } })
  try {
    return await readLists(async (url) => {
      const { status, text } = await server.door.inject({ method: 'GET', url })
      return { status, body: JSON.parse(text) as Listed['body'] } // a list, or a problem that is not read
    })
  } finally {
    await server.close()
  }
}

interface Listed {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

type Get = (path: string) => Promise<Listed>

async function readLists(get: Get): Promise<Rows> {
  const notes = await listOf(get, 'notes')
  const accounts = await listOf(get, 'accounts')
  return {
    notes: notes.map(({ code, revision, body }) => ({
      code: String(code),
      revision: Number(revision),
      body: String(body),
    })),
    accounts: accounts.map(({ name, balance, moves }) => ({
      name: String(name),
      balance: Number(balance),
      moves: Number(moves),
    })),
  }
}

async function listOf(get: Get, noun: string): Promise<Readonly<Record<string, unknown>>[]> {
  const rows: Readonly<Record<string, unknown>>[] = []
  for (let after = ''; ;) {
    const { status, body } = await get(`/api/v1/${noun}?limit=100${after}`)
    const { data, next } = body
    if (status !== 200 || !Array.isArray(data)) throw new Error(`the list of ${noun} answers ${status}`)
    rows.push(...data)
    if (typeof next !== 'string') return rows
    after = `&after=${encodeURIComponent(next)}`
  }
}
