// The suite of crashes for one engine: rounds of kills by seed, and the control that must be caught.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { seededRandom } from '../../src/base/random.ts'
import { type NoDatabase, postgresForTests, type TestDatabase } from '../postgres.ts'
import keysApp from './app.ts'
import { crashRounds } from './crash.ts'
import { type Child, startChild } from './processes.ts'
import type { Protocol } from './child.ts'

export interface CrashSuite {
  readonly seeds: number
  /** Kills of each seed. */
  readonly rounds: number
}

/** Declares the suite on each engine named. */
export async function crashSuite(
  engines: readonly ('sqlite' | 'postgres')[],
  { seeds, rounds }: CrashSuite,
): Promise<void> {
  for (const engine of engines) {
    const database = engine === 'sqlite' ? fileForTests() : await postgresForTests(keysApp)
    void describe(`crashes on ${engine}`, 'skip' in database ? database : {}, () => declare(database, seeds, rounds))
  }
}

function declare(database: TestDatabase | NoDatabase, seeds: number, rounds: number): void {
  if ('skip' in database) return
  const starting = (protocol: Protocol) => (): Promise<Child> => startChild(database.url, protocol)
  after(() => database.drop())

  for (let seed = 1; seed <= seeds; seed++) {
    void test(`${rounds} kills in the middle of calls lose and double nothing (seed ${seed})`, async () => {
      const wrong = await crashRounds({ random: seededRandom(seed), rounds, start: starting('sound') })

      assert.deepEqual(wrong, [])
    })
  }

  void test('control: an answer that is remembered apart from its work is lost with the process', async () => {
    const random = seededRandom(seeds + 1)

    const wrong = await crashRounds({ random, rounds: 1, start: starting('apart'), only: 'sale' })

    assert.match(wrong.join('\n'), /4 was taken/)
  })
}

function fileForTests(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-keys-'))
  const url = `sqlite:${join(folder, 'app.db')}`
  return { url, isPrepared: false, drop: async () => rmSync(folder, { recursive: true }) }
}
