// Workers in their own time: woken by a commit, one beside the other, and leaving nothing behind when they stop.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { app, job, text } from '../../define/index.ts'
import { channels } from './channels.ts'
import { jobs } from './nouns.ts'
import { everyJob, queueTests } from './test_queue.ts'
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
  it('two of them run each job once', async ({ house, promise }) => {
    ran.clear()
    const workers = [startWorker(house, settings), startWorker(house, settings)]
    const words = Array.from({ length: 300 }, (_, n) => `w${n}`)

    for (const word of words) await promise((tx) => tx.enqueue(work, { word }))
    const isDone = await comes(async () => (await everyJob(house)).every(({ state }) => state === 'done'))
    await Promise.all(workers.map((worker) => worker.stop()))

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
    const worker = startWorker(queue.house, settings)
    await comes(async () => ran.size === 1)

    await queue.promise((tx) => tx.update(jobs, id, { cancelling: true }))
    queue.house.engine.wake(channels.cancel)
    const isOver = await comes(async () =>
      (await queue.all()).every(({ state }) => state !== 'running' && state !== 'held'),
    )
    await worker.stop()

    const [stopped, next] = await queue.all()
    assert.ok(isOver)
    assert.deepEqual([stopped?.state, stopped?.attempt], ['cancelled', 1])
    assert.equal(next?.attempt, 1)
  })

  it('one that stops finishes what it can, and gives back the rest without counting the try', async (queue) => {
    ran.clear()
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    gates.set('slow', gate)
    await queue.promise(async (tx) => {
      await tx.enqueue(work, { word: 'slow' })
      await tx.enqueue(work, { word: 'endless' })
    })
    const worker = startWorker(queue.house, settings)
    const isBusy = await comes(async () => ran.size === 2)

    const stopped = worker.stop()
    await queue.promise((tx) => tx.enqueue(work, { word: 'later' }))
    open()
    await stopped

    const [slow, endless, later] = await queue.all()
    assert.ok(isBusy)
    assert.deepEqual([slow?.state, slow?.attempt], ['done', 1])
    assert.deepEqual([endless?.state, endless?.attempt, endless?.worker], ['ready', 0, null])
    assert.deepEqual([later?.state, later?.attempt], ['ready', 0])
  })
})

async function comes(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let waited = 0; waited < 10_000; waited += 10) {
    if (await isSo()) return true
    await sleep(10)
  }
  return false
}
