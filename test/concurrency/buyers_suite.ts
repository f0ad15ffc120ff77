// The suite of buyers at processes: one on SQLite, three on one PostgreSQL.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { postgresForTests } from '../postgres.ts'
import concurrency from './app.ts'
import { sellOut } from './buyers.ts'
import { startServers } from './servers.ts'

export interface BuyersOptions {
  readonly buyers: number
  readonly items: number
}

/** Declares the suite. */
export async function buyersSuite(options: BuyersOptions): Promise<void> {
  const what = `${options.buyers} buyers of ${options.items} items`
  void test(`${what} at a process on SQLite`, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'plinth-buyers-'))
    try {
      await sales(t, `sqlite:${join(directory, 'app.db')}`, 1, options)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
  const database = await postgresForTests(concurrency)
  const title = `${what} at three processes of one PostgreSQL`
  if ('skip' in database) return void test(title, database)
  void test(title, async (t) => {
    try {
      await sales(t, database.url, 3, options)
    } finally {
      await database.drop()
    }
  })
}

async function sales(t: TestContext, url: string, processes: number, options: BuyersOptions): Promise<void> {
  const servers = await startServers(url, processes)
  try {
    for (const action of ['sell', 'sell-read']) {
      const { wrong, again } = await sellOut({ servers, action, ...options })
      t.diagnostic(`${action}: ${again} times told to try again`)
      assert.deepEqual(wrong, [], action)
    }
  } finally {
    await servers.close()
  }
}
