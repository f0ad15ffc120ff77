// The suite of histories with kills: processes of one database are killed while clients use them.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { postgresForTests } from '../postgres.ts'
import concurrency from './app.ts'
import { drive } from './drive.ts'
import { judge } from './judge.ts'
import { startServers } from './servers.ts'

export interface KillOptions {
  readonly seed: number
  readonly clients: number
  readonly operations: number
  readonly kills: number
  readonly actions: readonly string[]
}

/** Declares the suite. */
export async function killSuite(options: KillOptions): Promise<void> {
  const { clients, operations, kills, actions } = options
  const load = `${operations} operations of ${clients} clients, ${kills} kills, ${actions.join()}`
  const what = `${load}: linearizable and serializable`
  void test(`${what}, on SQLite`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'plinth-concurrency-'))
    try {
      await survives(`sqlite:${join(directory, 'app.db')}`, 1, options)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
  const database = await postgresForTests(concurrency)
  const title = `${what}, at three processes of one PostgreSQL`
  if ('skip' in database) return void test(title, database)
  void test(title, async () => {
    try {
      await survives(database.url, 3, options)
    } finally {
      await database.drop()
    }
  })
}

async function survives(url: string, processes: number, options: KillOptions): Promise<void> {
  const servers = await startServers(url, processes)
  try {
    const history = await drive({ servers, ...options })
    const { text } = judge(history, options.seed)
    assert.equal(text, '')
    const { counts } = history
    const unknown = Object.entries(counts).reduce((sum, [name, n]) => sum + (name.endsWith(' unknown') ? n : 0), 0)
    assert.ok(unknown > 0, `no kill cut anybody off: ${JSON.stringify(counts)}`)
  } finally {
    await servers.close()
  }
}
