// What shipping a backup costs writers, and how fast a database comes back.
// Run on a quiet machine: node --conditions=source bench/micro/backup.ts
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { stdout } from 'node:process'
import { systemClock } from '../../src/base/clock.ts'
import { createLog } from '../../src/base/log.ts'
import { openSqlite, type SqliteEngine } from '../../src/store/sqlite/index.ts'
import { sqliteBackups } from '../../src/store/sqlite/backup/index.ts'

const ROUNDS = 5
const ROUND_MS = 2_000
const WRITERS = 64
const LARGE_MB = 512
const text = 'The quick brown fox jumps over the lazy dog. '.repeat(8)
const INSERT = { text: 'insert into t (b) values (?1)', reads: [] }
const log = createLog({ level: 'error' })

interface Round {
  readonly perSecond: number
  readonly loopP99Ms: number
  /** The most that a disk would have taken with it at any moment. */
  readonly behindMs: number
}

async function opened(directory: string, isShipped: boolean): Promise<SqliteEngine> {
  const folder = join(directory, 'backup')
  const backup = isShipped ? { folder, clock: systemClock, log } : undefined
  const engine = await openSqlite({ file: join(directory, 'data', 'app.db'), backup })
  await engine.script(['create table if not exists t (id integer primary key, b text not null) strict'])
  return engine
}

async function round(isShipped: boolean): Promise<Round> {
  const directory = mkdtempSync(join(tmpdir(), 'plinth-bench-'))
  const engine = await opened(directory, isShipped)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const state = { count: 0, behindMs: 0 }
  const look = setInterval(() => {
    const { shippedAt } = engine.figures().backup ?? {}
    if (shippedAt !== undefined) state.behindMs = Math.max(state.behindMs, systemClock.ms() - shippedAt)
  }, 10)
  const end = performance.now() + ROUND_MS
  const write = async (): Promise<void> => {
    while (performance.now() < end) {
      await engine.write({ name: 'write', isolation: 'locked' }, async (tx) => tx.all(INSERT, [text]))
      state.count++
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write))
  delay.disable()
  clearInterval(look)
  await engine.close()
  rmSync(directory, { recursive: true })
  const { count, behindMs } = state
  return { perSecond: (count * 1_000) / ROUND_MS, loopP99Ms: delay.percentile(99) / 1e6, behindMs }
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

// Turn and turn about, so that the machine's mood is shared.
async function writers(): Promise<void> {
  const rounds: Record<'alone' | 'shipped', Round[]> = { alone: [], shipped: [] }
  for (let n = 0; n < ROUNDS; n++) {
    rounds.alone.push(await round(false))
    rounds.shipped.push(await round(true))
  }
  for (const [name, all] of Object.entries(rounds)) {
    const perSecond = middle(all.map((one) => one.perSecond))
    const loop = middle(all.map((one) => one.loopP99Ms))
    const behind = Math.max(...all.map(({ behindMs }) => behindMs))
    stdout.write(`${name}: ${Math.round(perSecond)} writes a second, loop p99 ${loop.toFixed(1)} ms`)
    stdout.write(`${behind === 0 ? '' : `, at most ${behind} ms behind`}\n`)
  }
  const [shipped, alone] = [rounds.shipped, rounds.alone].map((all) => middle(all.map((one) => one.perSecond)))
  stdout.write(`shipped to alone: ${((shipped ?? 0) / (alone ?? 1)).toFixed(2)}\n`)
}

async function restore(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'plinth-bench-'))
  const file = join(directory, 'data', 'app.db')
  const engine = await opened(directory, true)
  const rows = Array.from({ length: 2_000 }, () => Math.random().toString(36).repeat(20))
  while (statSync(file).size + engine.figures().logBytes < LARGE_MB * 1024 * 1024) {
    await engine.write({ name: 'fill', isolation: 'locked' }, async (tx) => {
      for (const row of rows) await tx.all(INSERT, [row])
    })
  }
  await engine.close()
  const megabytes = statSync(file).size / 1024 / 1024
  const started = performance.now()
  const options = { folder: join(directory, 'backup'), to: undefined, force: false, report: () => undefined }
  await sqliteBackups(join(directory, 'again', 'app.db')).restore(options)
  const seconds = (performance.now() - started) / 1_000
  stdout.write(`restore: ${megabytes.toFixed(0)} MB in ${seconds.toFixed(1)} s, `)
  stdout.write(`${((seconds * 1024) / megabytes).toFixed(0)} s a GB, looked through\n`)
  rmSync(directory, { recursive: true })
}

await writers()
await restore()
