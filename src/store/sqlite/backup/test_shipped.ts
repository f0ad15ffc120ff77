// What the tests of backups share: an engine that ships to a folder of its own, and a look at what a restore gives.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import assert from 'node:assert/strict'
import { systemClock } from '../../../base/clock.ts'
import { createLog } from '../../../base/log.ts'
import { choose } from '../../backup/choose.ts'
import { openSqlite, type SqliteEngine, type SqliteOptions } from '../index.ts'
import { fileFor } from '../test_store.ts'
import { inspectDatabase } from './inspect.ts'
import { rebuild } from './rebuild.ts'

/** A database and its backup folder, each in a directory that goes with the test. */
export interface Place {
  readonly file: string
  readonly folder: string
  /** What was logged. */
  readonly lines: string[]
}

export function placeFor(t: TestContext): Place {
  return { file: fileFor(t), folder: join(fileFor(t), '..', 'backup'), lines: [] }
}

type Backup = NonNullable<SqliteOptions['backup']>

/** Opens the engine of a place; ships every 20 ms. Whoever opens it closes it. */
export async function openShipped(
  { file, folder, lines }: Place,
  options: Omit<Partial<SqliteOptions>, 'backup'> & { readonly backup?: Partial<Backup> } = {},
): Promise<SqliteEngine> {
  const log = createLog({ level: 'info', write: (line) => void lines.push(line) })
  const limits = { shipEveryMs: 20, retryMs: 20, ...options.backup?.limits }
  const backup = { folder, clock: systemClock, log, ...options.backup, limits }
  const engine = await openSqlite({ file, ...options, backup })
  await engine.script(['create table if not exists t (n integer not null) strict'])
  return engine
}

/** The numbers that a restore of the folder gives, at a time or of everything. Fails where the file is not whole. */
export async function restored(t: TestContext, folder: string, to?: number): Promise<number[]> {
  const file = fileFor(t)
  await rebuild(choose(folder, to), file, () => undefined)
  assert.deepEqual(inspectDatabase(file), [])
  const database = new DatabaseSync(file)
  try {
    return database
      .prepare('select n from t order by n')
      .all()
      .map(({ n }) => Number(n))
  } finally {
    database.close()
  }
}

/** Waits, for at most five seconds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let n = 0; n < 1_000 && !condition(); n++) await sleep(5)
  assert.ok(condition(), `it did not happen: ${what}`)
}

/** Waits until a generation has its first snapshot. */
export function snapshotted(engine: SqliteEngine): Promise<void> {
  return until(() => engine.figures().backup?.standing?.snapshotAt !== undefined, 'the first snapshot')
}

/** Every file of a folder, by its path. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

/** Turns one bit of a file, does something, and turns it back. */
export async function withFlippedBit<T>(path: string, at: number, work: () => Promise<T>): Promise<T> {
  const whole = readFileSync(path)
  const bent = Buffer.from(whole)
  bent[at] = (bent[at] ?? 0) ^ (1 << (at % 8))
  writeFileSync(path, bent)
  try {
    return await work()
  } finally {
    writeFileSync(path, whole)
  }
}

/** Takes a file away, does something, and puts it back. */
export async function without<T>(path: string, work: () => Promise<T>): Promise<T> {
  const whole = readFileSync(path)
  rmSync(path)
  try {
    return await work()
  } finally {
    writeFileSync(path, whole)
  }
}
