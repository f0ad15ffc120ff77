// Handlers: each event once in the database, in the order of its row, also when they fail, change or are gone.
import assert from 'node:assert/strict'
import { event, handle, integer, job, text } from '../../define/index.ts'
import { onBothEngines } from '../../store/suite/test_model.ts'
import { everyJob } from '../jobs/test_queue.ts'
import { anyVersion, noting, notes, posted, posts, type Version, versionOf } from './test_app.ts'
import { turn } from './turn.ts'

const minutes = 60_000

/** The jobs that were set aside, with the reason. */
const setAside = async ({ house }: Version): Promise<string[]> =>
  (await everyJob(house)).filter(({ state }) => state === 'dead').map(({ error }) => error ?? '')

onBothEngines('handlers', anyVersion, (it) => {
  it('are told each event once, in the order of its row, and nothing of what was rolled back', async (scene) => {
    const it = await versionOf(scene, { posted, one: noting('one'), two: noting('two') })
    const [a, b] = [await it.make(), await it.make()]
    for (let n = 1; n <= 10; n++) await it.emit(n % 2 === 0 ? a : b, n)
    const undone = it.inTx(async (tx) => {
      await tx.emit(posted, a, { n: 99 })
      throw new Error('undone')
    })
    await assert.rejects(undone, /undone/)

    await it.settle()
    await it.settle()

    for (const by of ['one', 'two']) {
      assert.deepEqual(await it.noted(by, a), [2, 4, 6, 8, 10])
      assert.deepEqual(await it.noted(by, b), [1, 3, 5, 7, 9])
    }
  })

  it('know the event by its id, its row, its number and its time', async (scene) => {
    const told: unknown[] = []
    const keep = handle(posted, 'keep', async ({ event }) => void told.push(event))
    const it = await versionOf(scene, { posted, keep })
    const a = await it.make()
    await it.emit(a, 1)
    await it.emit(a, 2)

    await it.settle()

    const at = new Date('2026-03-01T12:00:00.000Z')
    const ids = (await scene.engine.query(eventIds, [])).flat()
    assert.deepEqual(told, [
      { id: ids[0], of: a, number: 1, at, data: { n: 1 } },
      { id: ids[1], of: a, number: 2, at, data: { n: 2 } },
    ])
  })

  it('that fail are tried again, and what they wrote is undone; their row waits, others go on', async (scene) => {
    const failures = [1, 1, 1]
    const fails = (n: number): void => {
      if (n === 1 && failures.pop() !== undefined) throw new Error('not yet')
    }
    const it = await versionOf(scene, { posted, shaky: noting('shaky', fails), sound: noting('sound') })
    const [a, b] = [await it.make(), await it.make()]
    for (const [row, n] of [
      [a, 1],
      [a, 2],
      [b, 3],
    ] as const)
      await it.emit(row, n)

    await it.settle()
    assert.deepEqual(await it.noted('shaky'), [3])
    assert.deepEqual(await it.noted('sound', a), [1, 2])
    for (let tries = 0; tries < 3; tries++) {
      it.clock.advance(5 * minutes)
      await it.settle()
    }

    assert.deepEqual(failures, [])
    assert.deepEqual(await it.noted('shaky', a), [1, 2])
  })

  it('control: work in a transaction of its own, apart from the end of the delivery, is done twice', async (scene) => {
    const failures = [1]
    const apart = job('apart', {
      input: { n: integer() },
      run: async ({ input, attempt, transact }) => {
        await transact(`note ${attempt}`, (tx) => tx.create(notes, { by: 'apart', post: '', n: input.n }))
        if (failures.pop() !== undefined) throw new Error('a crash before the end')
      },
    })
    const it = await versionOf(scene, { posted, apart })
    await it.inTx((tx) => tx.enqueue(apart, { n: 1 }))

    await it.settle()
    it.clock.advance(5 * minutes)
    await it.settle()

    assert.deepEqual(await it.noted('apart'), [1, 1])
  })

  it('begin with the next event when they are new', async (scene) => {
    const before = await versionOf(scene, { posted, old: noting('old') })
    const a = await before.make()
    await before.emit(a, 1)
    await before.settle()

    const after = await versionOf(scene, { posted, old: noting('old'), young: noting('young') })
    await after.emit(a, 2)
    await before.settle() // a version that does not know the new one is still at work beside it
    await after.settle()

    assert.deepEqual(await after.noted('old'), [1, 2])
    assert.deepEqual(await after.noted('young'), [2])
  })
})

const eventIds = { text: 'select "id" from plinth_events order by "position"', reads: ['uuid'] } as const

onBothEngines('events of another version', anyVersion, (it) => {
  const older = event('posts.posted', { of: posts, fields: { count: text() } })

  it('are brought to the shape of today', async (scene) => {
    const newer = event('posts.posted', {
      of: posts,
      fields: { n: integer() },
      upgrade: ({ count }) => ({ n: Number(count) }),
    })
    const take = handle(newer, 'take', async ({ event: { of, data }, tx }) => {
      await tx.create(notes, { by: 'take', post: of, n: data.n })
    })
    const then = await versionOf(scene, { older })
    const now = await versionOf(scene, { newer, take })
    const a = await then.make()
    await then.inTx((tx) => tx.emit(older, a, { count: '41' }))
    await now.inTx((tx) => tx.emit(newer, a, { n: 42 }))

    await now.settle()

    assert.deepEqual(await now.noted('take'), [41, 42])
  })

  it('that cannot be brought to it are set aside with the reason, and the rest of the row goes on', async (scene) => {
    const then = await versionOf(scene, { older })
    const now = await versionOf(scene, { posted, take: noting('take') })
    const [a, b] = [await then.make(), await then.make()]
    await then.inTx((tx) => tx.emit(older, a, { count: '41' }))
    await now.emit(a, 42)
    await now.emit(b, 43)

    await now.settle()
    assert.deepEqual(await now.noted('take'), [43])
    await waitOut(now)

    assert.deepEqual(await now.noted('take', a), [42])
    const [why, ...more] = await setAside(now)
    assert.deepEqual(more, [])
    assert.match(
      why ?? '',
      /posts\.posted.*"take".*has another shape, and there is no upgrade: .*\/n A value is needed/,
    )
  })

  it('whose upgrade fails say so', async (scene) => {
    const upgrade = (): never => {
      throw new RangeError('no such count')
    }
    const newer = event('posts.posted', { of: posts, fields: { n: integer() }, upgrade })
    const take = handle(newer, 'take', async () => {})
    const then = await versionOf(scene, { older })
    const now = await versionOf(scene, { newer, take })
    const a = await then.make()
    await then.inTx((tx) => tx.emit(older, a, { count: '41' }))

    await now.settle()
    await waitOut(now)

    assert.match((await setAside(now))[0] ?? '', /its upgrade failed: no such count/)
  })

  it('whose handler is gone are set aside with the reason, and other handlers go on', async (scene) => {
    const then = await versionOf(scene, { posted, gone: noting('gone'), stays: noting('stays') })
    const a = await then.make()
    await then.emit(a, 1)
    await turn(then.house)
    const now = await versionOf(scene, { posted, stays: noting('stays') })

    await now.settle()
    assert.deepEqual(await now.noted('stays'), [1])
    await waitOut(now)
    await now.emit(a, 2)
    await now.settle()

    assert.deepEqual(await now.noted('stays'), [1, 2])
    assert.deepEqual(await now.noted('gone'), [])
    assert.match((await setAside(now))[0] ?? '', /"gone": this version of the app has no such handler/)
  })

  it('whose handler is not there yet wait for the version that has it', async (scene) => {
    const newer = await versionOf(scene, { posted, fresh: noting('fresh') })
    const older = await versionOf(scene, { posted })
    const a = await newer.make()
    await newer.emit(a, 1)
    await turn(newer.house)

    await older.settle() // the older version has taken the job, and gives it back
    assert.deepEqual(await setAside(older), [])
    newer.clock.advance(5 * minutes)
    await newer.settle()

    assert.deepEqual(await newer.noted('fresh'), [1])
  })
})

/** Lets the time pass in which a newer version might come. */
async function waitOut(version: Version): Promise<void> {
  for (let tries = 0; tries < 8; tries++) {
    version.clock.advance(10 * minutes)
    await version.settle()
  }
}
