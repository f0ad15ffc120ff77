// Whole processes: the second is refused, a failed disk ends it with 70, and kill -9 loses nothing acknowledged.
import assert from 'node:assert/strict'
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import test, { type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { processFlags } from '../../base/process_flags.ts'
import { openSqlite } from './index.ts'
import type { ChildRole } from './test_child.ts'
import { failure, fileFor, numbers } from './test_store.ts'

const CYCLES = 20

interface Child {
  readonly process: ChildProcessWithoutNullStreams
  /** Numbers it has acknowledged so far, whole lines only. */
  acknowledged(): number[]
  /** Resolves when its database is open. */
  readonly opened: Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>
}

function start(t: TestContext, role: ChildRole, file: string, from = 0): Child {
  const child = spawn(execPath, [...processFlags, join(import.meta.dirname, 'test_child.ts'), role, file, `${from}`])
  t.after(() => child.kill('SIGKILL'))
  const said = { out: '', error: '' }
  const opened = Promise.withResolvers<void>()
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString()
    if (said.out.startsWith('open\n')) opened.resolve()
  })
  child.stderr.on('data', (chunk: Buffer) => (said.error += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => {
    opened.reject(new Error(`ended with ${code}: ${said.error}`))
    return { code: typeof code === 'number' ? code : null, said: said.error }
  })
  opened.promise.catch(() => {}) // a child that is meant to fail is not waited for
  const acknowledged = (): number[] => said.out.split('\n').slice(1, -1).map(Number)
  return { process: child, acknowledged, opened: opened.promise, ended }
}

async function killed(child: Child, afterMs: number): Promise<number[]> {
  await child.opened
  await sleep(afterMs)
  child.process.kill('SIGKILL')
  await child.ended
  return child.acknowledged()
}

test('a second process is refused as busy while the first lives, and served after its kill', async (t) => {
  const file = fileFor(t)
  const first = start(t, 'hold', file)
  await first.opened

  const second = await start(t, 'hold', file).ended
  await assert.rejects(openSqlite({ file }), failure('busy'))
  first.process.kill('SIGKILL')
  await first.ended

  assert.notEqual(second.code, 0)
  assert.match(second.said, /in use by another process/)
  const engine = await openSqlite({ file })
  await assert.rejects(openSqlite({ file }), failure('busy'))
  await engine.close()
  await (await openSqlite({ file })).close()
})

test('kill -9 in the middle of writes loses no acknowledged row, twenty times over', async (t) => {
  const file = fileFor(t)
  const all: number[] = []

  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const acknowledged = await killed(start(t, 'write', file, cycle * 1_000_000), 5 + cycle * 3)
    all.push(...acknowledged)
    const engine = await openSqlite({ file })
    const kept = new Set(await numbers(engine))
    await engine.close()

    const lost = all.filter((n) => !kept.has(n))
    assert.deepEqual(lost, [], `cycle ${cycle}: ${lost.length} of ${all.length} acknowledged rows are lost`)
  }
  assert.ok(all.length > CYCLES, `only ${all.length} rows were acknowledged`)
})

test('control: a process that acknowledges before the commit does lose rows', async (t) => {
  const file = fileFor(t)
  const cycles = { count: 0, lost: 0 }

  while (cycles.lost === 0 && cycles.count < 50) {
    const acknowledged = await killed(start(t, 'early', file, cycles.count++ * 1_000_000), 20)
    const engine = await openSqlite({ file })
    const kept = new Set(await numbers(engine))
    await engine.close()
    cycles.lost += acknowledged.filter((n) => !kept.has(n)).length
  }

  assert.ok(cycles.lost > 0)
})

test('a disk that fails ends the process with 70, the database not closed; then the log is rewritten', async (t) => {
  const file = fileFor(t)

  const child = start(t, 'fail', file)
  const { code, said } = await child.ended

  assert.equal(code, 70)
  assert.match(said, /storage failed.*EIO/)
  assert.ok(statSync(`${file}-wal`).size > 0, 'closing the database would have removed the log')
  const engine = await openSqlite({ file })
  assert.equal(engine.figures().logBytes, 0)
  const kept = new Set(await numbers(engine))
  assert.deepEqual(
    child.acknowledged().filter((n) => !kept.has(n)),
    [],
  )
  await engine.close()
})
