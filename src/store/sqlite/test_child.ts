// A process for the tests to kill: opens a database, writes for ever, and prints each number once it is acknowledged.
import { argv, stdout } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSqlite } from './index.ts'
import { ALL, inputOutputError, INSERT } from './test_store.ts'

/** What the child does; `early` acknowledges before the commit, which is the control. */
export type ChildRole = 'write' | 'early' | 'hold' | 'fail'

const WRITERS = 8

async function run(role: ChildRole, file: string, from: number): Promise<void> {
  const fails = role === 'fail'
  // The sync fails once rows are there, as a disk does in the middle of its life.
  const syncs = { count: 0 }
  const failing = (_descriptor: number, done: (error: Error | null) => void): void =>
    void setImmediate(done, ++syncs.count > 5 ? inputOutputError() : null)
  const engine = await openSqlite(fails ? { file, sync: failing } : { file })
  await engine.script(['create table if not exists t (n integer not null) strict'])
  stdout.write('open\n')
  if (role === 'hold') return void setInterval(() => {}, 1_000)
  const next = { n: from }
  const write = async (): Promise<never> => {
    for (;;) {
      const n = next.n++
      await engine.write({ name: 'write', isolation: 'locked' }, async (tx) => {
        await tx.all(INSERT, [n])
        if (role === 'early') stdout.write(`${n}\n`)
      })
      if (role !== 'early') stdout.write(`${n}\n`)
      if (role === 'early') await sleep(1)
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write))
  await engine.query(ALL, [])
}

const [, self, role, file, from] = argv
if (self !== undefined && import.meta.filename === self && file !== undefined) {
  await run(role as ChildRole, file, Number(from ?? 0)) // the test that starts this passes one of them
}
