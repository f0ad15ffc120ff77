// Bad days of the queue: code that is gone, inputs of another time, poison, code that hangs, workers that are lost.
import assert from 'node:assert/strict'
import { app, integer, job, text } from '../../define/index.ts'
import { modelOf } from '../../server/features.ts'
import { onBothEngines, type ModelScene } from '../../store/suite/test_model.ts'
import { claim } from './claim.ts'
import { beat, leave, rescue } from './lease.ts'
import type { JobRow } from './row.ts'
import { settle } from './settle.ts'
import { type Queue, queueOf } from './test_queue.ts'

const good = job('good', { run: async () => {} })
const gone = job('gone', { queue: 'old-queue', run: async () => {} })
const renamed = job('renamed', { input: { before: text({ max: 20 }) }, run: async () => {} })
const before = app('failures', { good, gone, renamed, poison: poisonJob([]), hangs: hangingJob() })

const poisons: readonly unknown[] = [
  undefined,
  null,
  'a text\0 with NUL \ud800',
  { not: 'an error' },
  new Error('x'.repeat(100_000)),
  new Error('outer', { cause: new Error('inner') }),
]

function poisonJob(thrown: readonly unknown[]) {
  return job('poison', {
    input: { n: integer() },
    attempts: 2,
    run: async ({ input }) => {
      throw thrown[input.n]
    },
  })
}

function hangingJob() {
  return job('hangs', { timeoutMs: 30, run: () => new Promise<void>(() => {}) })
}

/** The next version of the app: one job is gone, one takes another input. */
const now = (upgrade?: (older: Readonly<Record<string, unknown>>) => unknown): Queue['house']['model'] =>
  modelOf(
    app('failures', {
      good,
      poison: poisonJob(poisons),
      hangs: hangingJob(),
      renamed: job('renamed', { input: { after: integer() }, run: async () => {}, ...(upgrade && { upgrade }) }),
    }),
  )

const stateOf = async (queue: Queue, name: string): Promise<JobRow> => {
  const found = (await queue.all()).find((row) => row.name === name)
  if (found === undefined) throw new Error(`no job ${name}`)
  return found
}

/** Lends what is ready to a worker; one that is lost is past its lease then. */
async function lendTo(queue: Queue, isLost: boolean): Promise<JobRow> {
  const { house } = queue
  const worker = house.id()
  await beat(house, worker, 30_000)
  const { jobs } = await claim(house, worker, [{ queue: 'default', room: 1 }])
  if (isLost) await beat(house, worker, -1)
  const [job] = jobs
  if (job === undefined) throw new Error('nothing was ready')
  return job
}

const century = 100 * 365 * 86_400_000

onBothEngines('bad days', modelOf(before), (it) => {
  const next = (scene: ModelScene, model = now()): Queue => queueOf({ engine: scene.engine, model }, 2)

  it('a job whose code is gone says so, waits for its code, and the queue goes on', async (scene) => {
    const old = queueOf(scene)
    await old.promise(async (tx) => {
      await tx.enqueue(gone, {})
      await tx.enqueue(good, {})
    })
    const queue = next(scene)

    await queue.settle()
    const missing = await stateOf(queue, 'gone')
    const other = await stateOf(queue, 'good')
    old.clock.advance(2_000)
    await old.settle()

    assert.deepEqual([missing.state, other.state], ['scheduled', 'done'])
    assert.match(missing.error ?? '', /This version of the app has no job "gone"/)
    assert.equal((await stateOf(old, 'gone')).state, 'done')
  })

  it('an input of an older shape is kept with what is wrong, or brought up to date', async (scene) => {
    await queueOf(scene).promise((tx) => tx.enqueue(renamed, { before: '7' }))
    const queue = next(scene)
    await queue.settle()
    const kept = await stateOf(queue, 'renamed')
    const healed = next(
      scene,
      now((older) => ({ after: Number(older['before']) })),
    )

    healed.clock.advance(2_000)
    await healed.settle()

    assert.equal(kept.state, 'scheduled')
    assert.match(kept.error ?? '', /not what this version of the app takes: .*\/after/)
    assert.deepEqual(kept.input, { before: '7' })
    assert.equal((await stateOf(queue, 'renamed')).state, 'done')
  })

  it('whatever is thrown is kept as a text, and a poisoned job is set aside after its attempts', async (scene) => {
    const { poison } = before.parts
    await queueOf(scene).promise(async (tx) => {
      for (const n of poisons.keys()) await tx.enqueue(poison, { n })
      await tx.enqueue(good, {})
    })
    const queue = next(scene)

    await queue.settle()
    queue.clock.advance(5_000)
    await queue.settle()

    const jobs = await queue.all()
    assert.deepEqual(
      [...new Set(jobs.map(({ name, state, attempt }) => `${name} ${state} ${attempt}`))],
      ['poison dead 2', 'good done 1'],
    )
    assert.ok(jobs.filter(({ name }) => name === 'poison').every(({ error }) => (error ?? '').length > 0))
    assert.match(jobs[5]?.error ?? '', /outer\ncaused by Error: inner/)
    assert.equal(jobs[4]?.error?.length, 4_000)
  })

  it('code that hangs and does not mind its signal loses its turn, not the queue', async (scene) => {
    await queueOf(scene).promise(async (tx) => {
      await tx.enqueue(before.parts.hangs, {})
      await tx.enqueue(good, {})
    })
    const queue = next(scene)

    await queue.settle()

    const hung = await stateOf(queue, 'hangs')
    assert.deepEqual([hung.state, hung.error], ['scheduled', 'JobStopped: It took longer than it may.'])
    assert.equal((await stateOf(queue, 'good')).state, 'done')
  })

  it('a job whose worker was lost runs again, and the lost worker can no longer complete it', async (scene) => {
    const queue = queueOf(scene)
    await queue.promise((tx) => tx.enqueue(good, {}))
    const lost = await lendTo(queue, true)

    const rescued = await rescue(queue.house, queue.house.id())
    const mine = await lendTo(queue, false)
    const late = await settle(queue.house, lost, { end: 'done' })
    const between = await stateOf(queue, 'good')
    const right = await settle(queue.house, mine, { end: 'done' })

    assert.deepEqual([rescued, late, right], [1, false, true])
    assert.deepEqual(
      [between.state, between.attempt, between.error],
      ['running', 2, 'The worker that had it was lost.'],
    )
    assert.equal((await stateOf(queue, 'good')).state, 'done')
  })

  it('a worker past its lease is lent nothing', async (scene) => {
    const queue = queueOf(scene)
    const worker = queue.house.id()
    await queue.promise((tx) => tx.enqueue(good, {}))
    await beat(queue.house, worker, -1)

    const { jobs } = await claim(queue.house, worker, [{ queue: 'default', room: 1 }])
    await leave(queue.house, worker)
    const gone = await claim(queue.house, worker, [{ queue: 'default', room: 1 }])

    assert.deepEqual([jobs, gone.jobs], [[], []])
  })

  it('the control: a completion without the fence would be taken', async (scene) => {
    const queue = queueOf(scene)
    await queue.promise((tx) => tx.enqueue(good, {}))
    const lost = await lendTo(queue, true)
    await rescue(queue.house, queue.house.id())
    const mine = await lendTo(queue, false)

    await scene.engine.script([`update plinth_jobs set fence = ${lost.fence}`])
    const late = await settle(queue.house, lost, { end: 'done' })

    assert.notEqual(lost.fence, mine.fence)
    assert.equal(late, true)
  })

  it('losing workers uses up attempts, so that what kills its worker is set aside', async (scene) => {
    const queue = queueOf(scene)
    await queue.promise((tx) => tx.enqueue(before.parts.poison, { n: 0 }, { inOrder: 'k' }))
    await queue.promise((tx) => tx.enqueue(good, {}, { inOrder: 'k' }))

    for (const _ of [1, 2]) {
      await lendTo(queue, false)
      await rescue(queue.house, queue.house.id(), century)
    }
    await queue.settle()

    const killer = await stateOf(queue, 'poison')
    assert.deepEqual([killer.state, killer.attempt, killer.error], ['dead', 2, 'The worker that had it was lost.'])
    assert.equal((await stateOf(queue, 'good')).state, 'done')
  })

  it('a job that was told to stop when its worker was lost is cancelled', async (scene) => {
    const queue = queueOf(scene)
    await queue.promise((tx) => tx.enqueue(good, {}))
    await lendTo(queue, true)
    await scene.engine.script(['update plinth_jobs set cancelling = true'])

    await rescue(queue.house, queue.house.id())

    assert.equal((await stateOf(queue, 'good')).state, 'cancelled')
  })

  it('is forgotten a day after it is done, a month after it is dead, with its steps', async (scene) => {
    const queue = next(scene)
    await queueOf(scene).promise(async (tx) => {
      await tx.enqueue(before.parts.poison, { n: 0 })
      await tx.enqueue(good, {})
    })
    await queue.settle()
    queue.clock.advance(5_000)
    await queue.settle()
    const at: number[] = []

    for (const hours of [23, 2, 28 * 24, 2 * 24]) {
      queue.clock.advance(hours * 3_600_000)
      await queue.settle()
      at.push((await queue.all()).length)
    }

    assert.deepEqual(at, [2, 1, 1, 0])
  })
})
