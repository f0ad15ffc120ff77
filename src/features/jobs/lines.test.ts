// Lines: jobs with one key never run at once, and run in the order in which they were promised, whoever runs them.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { app, integer, job, text } from '../../define/index.ts'
import { type Queue, queueTests } from './test_queue.ts'
import { startWorker } from './worker.ts'

interface Seen {
  readonly order: Map<string, number[]>
  readonly running: Set<string>
  readonly overlaps: string[]
}

const seen: Seen = { order: new Map(), running: new Set(), overlaps: [] }

const step = job('step', {
  input: { line: text(), n: integer() },
  attempts: 3,
  backoffMs: () => 20,
  async run({ input: { line, n }, attempt }) {
    if (seen.running.has(line)) seen.overlaps.push(`${line} ${n}`)
    seen.running.add(line)
    await sleep(n % 3)
    seen.running.delete(line)
    // Each fifth is tried again, and those behind it wait; each eleventh is set aside, and lets the next one go.
    if ((n % 5 === 0 && attempt === 1) || n % 11 === 10) throw new Error('again')
    seen.order.set(line, [...(seen.order.get(line) ?? []), n])
  },
})

const settings = { leaseMs: 30_000, heartbeatMs: 5_000, pollMs: 30, drainMs: 1_000 }
const lines = 8
const jobs = 25

async function run(queue: Queue, promise: () => Promise<unknown>): Promise<boolean> {
  seen.order.clear()
  seen.overlaps.length = 0
  const { house } = queue
  const workers = Array.from({ length: house.engine.facts.manyProcesses ? 3 : 1 }, () => startWorker(house, settings))
  try {
    await promise()
    // The queue's clock is the test's: it passes while the workers work, so that tries come again.
    for (let waits = 0; waits < 400; waits++) {
      queue.clock.advance(100)
      await sleep(20)
      if ((await queue.all()).every(({ finishedAt }) => finishedAt !== null)) return true
    }
    return false
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()))
  }
}

const numbers = (): number[] => Array.from({ length: jobs }, (_, n) => n)

queueTests('lines', app('lines', { step }, { queues: { default: 20 } }), (it) => {
  it('run in order, one after the other, over failures', async (queue) => {
    const one = async (line: string): Promise<void> => {
      for (const n of numbers()) await queue.promise((tx) => tx.enqueue(step, { line, n }, { inOrder: line }))
    }

    const isOver = await run(queue, () => Promise.all(Array.from({ length: lines }, (_, at) => one(`line ${at}`))))

    const expected = numbers().filter((n) => n % 11 !== 10)
    assert.ok(isOver)
    assert.deepEqual(seen.overlaps, [])
    assert.deepEqual(
      [...seen.order.values()],
      Array.from({ length: lines }, () => expected),
    )
  })

  it('promised together, of many lines in one transaction, they do too', async (queue) => {
    const isOver = await run(queue, () =>
      queue.promise(async (tx) => {
        for (const n of numbers()) {
          for (let at = 0; at < lines; at++) await tx.enqueue(step, { line: `${at}`, n }, { inOrder: `${at}` })
        }
      }),
    )

    assert.ok(isOver)
    assert.deepEqual(seen.overlaps, [])
    assert.ok([...seen.order.values()].every((order) => order.every((n, at) => at === 0 || (order[at - 1] ?? 0) < n)))
  })

  it('never run at once where nothing orders their promises', async (queue) => {
    const isOver = await run(queue, () =>
      Promise.all(numbers().map((n) => queue.promise((tx) => tx.enqueue(step, { line: 'x', n }, { inOrder: 'x' })))),
    )

    assert.ok(isOver)
    assert.deepEqual(seen.overlaps, [])
    assert.equal(seen.order.get('x')?.length, jobs - 2)
  })

  it('the control: without the key they run at once', async (queue) => {
    await run(queue, () => Promise.all(numbers().map((n) => queue.promise((tx) => tx.enqueue(step, { line: 'x', n })))))

    assert.notDeepEqual(seen.overlaps, [])
  })
})
