// What SQLite's own tests share: engines in directories of their own, a sync that is held or fails, one small table.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { StoreError, type StoreFailure, type Transaction } from '../contract.ts'
import { openSqlite, type SqliteEngine, type SqliteOptions, type Sync } from './index.ts'

/** A new database file in a directory that goes with the test. */
export function fileFor(t: TestContext): string {
  const { file, remove } = newFile()
  t.after(remove)
  return file
}

/** An engine on the disk with the table `t (n integer)`, closed after the test. */
export async function openFor(t: TestContext, options: Partial<SqliteOptions> = {}): Promise<SqliteEngine> {
  const { file, remove } = newFile()
  const engine = await openSqlite({ file, ...options })
  t.after(async () => {
    await engine.close() // before its file goes: a database that vanishes is a failed disk
    remove()
  })
  await engine.script(['create table t (n integer not null) strict'])
  return engine
}

function newFile(): { readonly file: string; readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'plinth-test-'))
  return { file: join(directory, 'app.db'), remove: () => rmSync(directory, { recursive: true, force: true }) }
}

export const INSERT = { text: 'insert into t (n) values (?1)', reads: [] } as const
export const ALL = { text: 'select n from t order by n', reads: ['int'] } as const

/** Inserts one number in a write of its own. */
export const insert = (engine: SqliteEngine, n: number): Promise<unknown> =>
  engine.write({ name: `insert ${n}`, isolation: 'locked' }, async (tx: Transaction) => tx.all(INSERT, [n]))

/** The numbers that are there. */
export const numbers = async (engine: SqliteEngine): Promise<unknown[]> => (await engine.query(ALL, [])).flat()

/** A sync that waits until it is told how it ended. */
export interface HeldSync {
  readonly sync: Sync
  /** Syncs begun so far. */
  readonly begun: number
  /** Ends the oldest that waits; with an error it fails. */
  end(error?: Error): void
  /** From now on syncs end by themselves. */
  letGo(): void
}

/** Ends syncs by itself until `hold` is called. Made before the engine, it lets go before the engine is closed. */
export function heldSync(t: TestContext): HeldSync & { hold(): void } {
  const waiting: ((error: Error | null) => void)[] = []
  const state = { begun: 0, isHeld: false }
  const letGo = (): void => {
    state.isHeld = false
    for (const done of waiting.splice(0)) done(null)
  }
  t.after(letGo)
  return {
    sync: (_descriptor, done) => {
      state.begun++
      if (state.isHeld) waiting.push(done)
      else setImmediate(done, null)
    },
    get begun() {
      return state.begun
    },
    hold: () => {
      state.isHeld = true
    },
    end: (error) => waiting.shift()?.(error ?? null),
    letGo,
  }
}

/** What the kernel says when it could not write. */
export const inputOutputError = (): Error => Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })

/** Says how a promise stands after some turns of the event loop. */
export async function stateOf(promise: Promise<unknown>): Promise<'pending' | 'fulfilled' | 'rejected'> {
  const state: { is: 'pending' | 'fulfilled' | 'rejected' } = { is: 'pending' }
  promise.then(
    () => (state.is = 'fulfilled'),
    () => (state.is = 'rejected'),
  )
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  return state.is
}

/** Accepts a StoreError of that failure. */
export const failure =
  (expected: StoreFailure) =>
  (error: unknown): boolean =>
    error instanceof StoreError && error.failure === expected
