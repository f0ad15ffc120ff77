// Reads a database that was left behind as any client would: through a whole server, over its lists.
import { createLog } from '../../src/base/log.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer, type Server } from '../../src/server/start.ts'
import faults from './app.ts'
import type { Rows } from './history.ts'

/** Starts the app on the file, reads every note and account, and closes it. Fails when it does not start. */
export async function readThroughServer(file: string): Promise<Rows> {
  const config = readConfig({
    DATABASE_URL: `sqlite:${file}`,
    PLINTH_SECRET: 'the secret of the servers under fault',
    RATE_LIMIT: 'off',
  })
  const log = createLog({ level: 'silent', write: () => undefined })
  const server = await openServer(faults, { config, log, drain: { unreadyMs: 0, drainMs: 100, totalMs: 100 } })
  try {
    const notes = await listOf(server, 'notes')
    const accounts = await listOf(server, 'accounts')
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
  } finally {
    await server.close()
  }
}

async function listOf(server: Server, noun: string): Promise<Readonly<Record<string, unknown>>[]> {
  const rows: Readonly<Record<string, unknown>>[] = []
  for (let after = ''; ;) {
    const answer = await server.door.inject({ method: 'GET', url: `/api/v1/${noun}?limit=100${after}` })
    if (answer.status !== 200) throw new Error(`the list of ${noun} answers ${answer.status}: ${answer.text}`)
    // The answer of a list of this app.
    const { data, next } = JSON.parse(answer.text) as { data: Record<string, unknown>[]; next: string | null }
    rows.push(...data)
    if (next === null) return rows
    after = `&after=${encodeURIComponent(next)}`
  }
}
