// Workers in their own time: woken by a commit, one beside the other, and leaving nothing behind when they stop.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { app, job, text } from '../../define/index.ts'
import { channels } from './channels.ts'
import { jobs } from './nouns.ts'
import type { JobRow } from './row.ts'
import { type Queue, queueTests } from './test_queue.ts'
import { startWorker } from './worker.ts'

const ran = new Map<string, number>()
const gates = new Map<string, Promise<void>>()

const work = job('work', {
  input: { word: text({ max: 40 }) },
  async run({ input, signal }) {
    ran.set(input.word, (ran.get(input.word) ?? 0) + 1)
    await gates.get(input.word)
    if (input.word.startsWith('endless')) {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
  },
})

const settings = { leaseMs: 2_000, heartbeatMs: 500, pollMs: 200, drainMs: 300 }

queueTests('workers', app('workers', { work }), (it) => {
  it('as many as may be beside each other run each job once', async (queue) => {
    ran.clear()
    const count = queue.house.engine.facts.manyProcesses ? 3 : 1
    const words = Array.from({ length: 300 }, (_, n) => `w${n}`)

    const isDone = await working(queue, count, async () => {
      for (const word of words) await queue.promise((tx) => tx.enqueue(work, { word }))
      return comes(async () => (await queue.all()).every(({ state }) => state === 'done'))
    })

    assert.ok(isDone)
    assert.deepEqual(
      [...ran.values()].filter((count) => count !== 1),
      [],
    )
    assert.equal(ran.size, words.length)
  })

  it('a job that runs is told to stop, and is cancelled when it has ended', async (queue) => {
    ran.clear()
    const id = await queue.promise((tx) => tx.enqueue(work, { word: 'endless' }, { inOrder: 'k' }))
    await queue.promise((tx) => tx.enqueue(work, { word: 'next' }, { inOrder: 'k' }))

    const isOver = await working(queue, 1, async () => {
      await comes(async () => ran.size === 1)
      await queue.promise((tx) => tx.update(jobs, id, { cancelling: true }))
      queue.house.engine.wake(channels.cancel)
      return comes(async () => (await queue.all()).every(({ finishedAt }) => finishedAt !== null))
    })

    assert.ok(isOver)
    assert.deepEqual(
      (await queue.all()).map(({ state, attempt }) => [state, attempt]),
      [
        ['cancelled', 1],
        ['done', 1],
      ],
    )
  })

  it('one that stops finishes what it can, and gives back the rest without counting the try', async (queue) => {
    ran.clear()
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    gates.set('slow', gate)
    await queue.promise(async (tx) => {
      await tx.enqueue(work, { word: 'slow' })
      await tx.enqueue(work, { word: 'endless' })
    })

    await working(queue, 1, async (stop) => {
      await comes(async () => ran.size === 2)
      const stopped = stop()
      await queue.promise((tx) => tx.enqueue(work, { word: 'later' }))
      open()
      await stopped
    })

    const [slow, endless, later] = await queue.all()
    assert.deepEqual([slow?.state, slow?.attempt], ['done', 1])
    assert.deepEqual([endless?.state, endless?.attempt, endless?.worker], ['ready', 0, null])
    assert.deepEqual([later?.state, later?.attempt], ['ready', 0])
  })

  it('one that took jobs ahead gives those back that it has not begun', async (queue) => {
    ran.clear()
    const isDone = async (): Promise<boolean> => (await queue.all()).every(({ state }) => state === 'done')
    const count = (state: string, of: readonly JobRow[]): number => of.filter((row) => row.state === state).length

    const [before, after] = await working(queue, 1, async (stop) => {
      for (let n = 0; n < 50; n++) await queue.promise((tx) => tx.enqueue(work, { word: `short ${n}` }))
      await comes(isDone)
      await queue.promise(async (tx) => {
        for (let n = 0; n < 40; n++) await tx.enqueue(work, { word: `endless ${n}` })
      })
      await comes(async () => count('running', await queue.all()) > 10)
      const lent = await queue.all()
      await stop()
      return [lent, await queue.all()]
    })

    assert.equal([...ran.keys()].filter((word) => word.startsWith('endless')).length, 10)
    assert.ok(count('running', before) > 10, `${count('running', before)} were lent`)
    assert.deepEqual([count('done', after), count('ready', after)], [50, 40])
    assert.ok(after.every(({ state, attempt }) => attempt === (state === 'done' ? 1 : 0)))
  })
})

/** Runs a test beside workers, which are gone after it. */
async function working<T>(
  { house }: Queue,
  count: number,
  body: (stop: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const workers = Array.from({ length: count }, () => startWorker(house, settings))
  const stop = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.stop()))
  }
  try {
    return await body(stop)
  } finally {
    await stop()
  }
}

async function comes(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let waited = 0; waited < 10_000; waited += 10) {
    if (await isSo()) return true
    await sleep(10)
  }
  return false
}
