// Jobs from the promise to the end, in turns that the test takes: order, lines, retries, steps, what commits with what.
import assert from 'node:assert/strict'
import { app, type EnqueueOptions, integer, job, resource, text } from '../../define/index.ts'
import { queueTests } from './test_queue.ts'

const notes = resource('notes', { fields: { text: text({ max: 100 }) }, allow: {} })
const ran: string[] = []
const fails = new Map<string, number>()

const work = job('work', {
  input: { word: text({ max: 40 }), secretWord: text({ max: 40, private: true, optional: true }) },
  async run({ input }) {
    ran.push(input.word)
    const left = fails.get(input.word) ?? 0
    if (left === 0) return
    fails.set(input.word, left - 1)
    throw new Error(`no ${input.word}`)
  },
})

const twice = job('twice', {
  input: { n: integer() },
  attempts: 2,
  run: async () => Promise.reject(new Error('never')),
})

const long = job('long', {
  input: { until: integer() },
  async run({ input, step, transact, attempt, progress }) {
    const first = await step('first', async () => {
      ran.push('first')
      return { at: attempt }
    })
    for (let n = 0; n < 5; n++) {
      await transact(`note ${n}`, (tx) => tx.create(notes, { text: `${n} by ${first.at}` }).then(() => undefined))
      await progress(n + 1, 5)
      if (n === input.until && attempt === 1) throw new Error('a crash')
    }
  },
})

const ending = job('ending', {
  input: { word: text({ max: 40 }) },
  async run({ input, finish, attempt }) {
    await finish(async (tx) => {
      await tx.create(notes, { text: input.word })
      if (input.word === 'bad' && attempt < 3) throw new Error('bad')
    })
  },
})

const tests = app('queue', { notes, work, twice, long, ending })

queueTests('jobs', tests, (it) => {
  const enqueue = (queue: Parameters<Parameters<typeof it>[1]>[0], word: string, options: EnqueueOptions = {}) =>
    queue.promise((tx) => tx.enqueue(work, { word }, options))

  it('a job runs after its commit, once', async (queue) => {
    ran.length = 0
    await enqueue(queue, 'a')
    const [waiting] = await queue.all()

    const tries = await queue.settle()

    const [done] = await queue.all()
    assert.deepEqual([waiting?.state, waiting?.attempt, done?.state, done?.attempt], ['ready', 0, 'done', 1])
    assert.deepEqual([tries, ran], [1, ['a']])
  })

  it('a job of a transaction that was undone does not exist', async (queue) => {
    const undone = queue.promise(async (tx) => {
      await tx.enqueue(work, { word: 'a' })
      throw new Error('undo')
    })

    await assert.rejects(undone, /undo/)

    assert.deepEqual(await queue.all(), [])
  })

  it('goes by priority, then by age, and waits for its time', async (queue) => {
    ran.length = 0
    await enqueue(queue, 'old')
    await enqueue(queue, 'late', { delayMs: 60_000 })
    await enqueue(queue, 'at', { at: new Date(queue.clock.ms() + 30_000), priority: 100 })
    await enqueue(queue, 'first', { priority: 5 })
    await enqueue(queue, 'low', { priority: -1 })
    await enqueue(queue, 'new')

    await queue.settle()
    const atOnce = [...ran]
    queue.clock.advance(30_000)
    await queue.settle()
    queue.clock.advance(29_999)
    await queue.settle()
    const before = [...ran]
    queue.clock.advance(1)
    await queue.settle()

    assert.deepEqual(atOnce, ['first', 'old', 'new', 'low'])
    assert.deepEqual(before.slice(4), ['at'])
    assert.deepEqual(ran.slice(5), ['late'])
  })

  it('is tried again after a growing while, and set aside with its reason when it is used up', async (queue) => {
    ran.length = 0
    fails.set('flaky', 2)
    await enqueue(queue, 'flaky')
    await queue.promise((tx) => tx.enqueue(twice, { n: 1 }))

    await queue.settle()
    const [flaky, hopeless] = await queue.all()
    queue.clock.advance(1_100)
    await queue.settle()
    queue.clock.advance(16_000 * 1.1)
    await queue.settle()

    const wait = (flaky?.dueAt.getTime() ?? 0) - queue.clock.ms() + 1_100 + 16_000 * 1.1
    assert.ok(wait >= 900 && wait <= 1_100, `waits ${wait} ms after the first try`)
    assert.deepEqual([flaky?.state, flaky?.error, hopeless?.state], ['scheduled', 'Error: no flaky', 'scheduled'])
    const [healed, dead] = await queue.all()
    assert.deepEqual([healed?.state, healed?.attempt], ['done', 3])
    assert.deepEqual([dead?.state, dead?.attempt, dead?.error], ['dead', 2, 'Error: never'])
  })

  it('is made once while a job with its unique key waits or runs', async (queue) => {
    const first = await enqueue(queue, 'a', { unique: 'k' })
    const second = await enqueue(queue, 'b', { unique: 'k' })
    await queue.settle()
    const third = await enqueue(queue, 'c', { unique: 'k' })

    assert.equal(second, first)
    assert.notEqual(third, first)
    assert.equal((await queue.all()).length, 2)
  })

  it('of one line runs in order, the others meanwhile; a dead one lets the next go', async (queue) => {
    ran.length = 0
    fails.set('x1', 1)
    await queue.promise(async (tx) => {
      for (const word of ['x1', 'x2', 'x3']) await tx.enqueue(work, { word }, { inOrder: 'x' })
      await tx.enqueue(twice, { n: 1 }, { inOrder: 'y' })
      await tx.enqueue(work, { word: 'y2' }, { inOrder: 'y' })
      await tx.enqueue(work, { word: 'free' })
    })

    await queue.settle()
    const atFirst = [...ran]
    queue.clock.advance(2_000)
    await queue.settle()

    assert.deepEqual(atFirst, ['x1', 'free'])
    const ofX = ran.slice(2).filter((word) => word.startsWith('x'))
    const states = (await queue.all()).map(({ state }) => state)
    assert.deepEqual(ofX, ['x1', 'x2', 'x3'])
    assert.deepEqual(ran.slice(2).toSorted(), ['x1', 'x2', 'x3', 'y2'])
    assert.deepEqual(states, ['done', 'done', 'done', 'dead', 'done', 'done'])
  })

  it('goes on after a failure where it stopped', async (queue) => {
    ran.length = 0
    await queue.promise((tx) => tx.enqueue(long, { until: 2 }))

    await queue.settle()
    const [failed] = await queue.all()
    queue.clock.advance(2_000)
    await queue.settle()

    const [done] = await queue.all()
    const written = await queue.promise((tx) => tx.find(notes, {}))
    assert.deepEqual([failed?.progressDone, done?.progressDone, done?.state], [3, 5, 'done'])
    assert.deepEqual(ran, ['first'])
    assert.deepEqual(
      written.map((note) => note.text),
      ['0 by 1', '1 by 1', '2 by 1', '3 by 1', '4 by 1'],
    )
  })

  it('finishes in one commit with its last work, exactly once', async (queue) => {
    await queue.promise(async (tx) => {
      await tx.enqueue(ending, { word: 'good' })
      await tx.enqueue(ending, { word: 'bad' })
    })

    await queue.settle()
    queue.clock.advance(2_000)
    await queue.settle()
    queue.clock.advance(20_000)
    await queue.settle()

    const written = await queue.promise((tx) => tx.find(notes, {}))
    assert.deepEqual(
      written.map((note) => note.text),
      ['good', 'bad'],
    )
    assert.deepEqual(
      (await queue.all()).map(({ state, attempt }) => [state, attempt]),
      [
        ['done', 1],
        ['done', 3],
      ],
    )
  })
})
