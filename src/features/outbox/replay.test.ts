// Ranges handed on again, what is forgotten when, and how far behind everybody is.
import assert from 'node:assert/strict'
import { eventLimits } from '../../base/limits.ts'
import { onBothEngines } from '../../store/suite/test_model.ts'
import { forget } from './forget.ts'
import { lag } from './lag.ts'
import { replay } from './replay.ts'
import { sequence } from './sequence.ts'
import { anyVersion, liked, noting, posted, type Version, versionOf } from './test_app.ts'
import { eventSequence, prepare } from './turn.ts'

const days = 86_400_000

onBothEngines('a replay', anyVersion, (it) => {
  it('hands the events of a range to the handler again, to nobody else, and to no other event', async (scene) => {
    const it = await versionOf(scene, { posted, liked, one: noting('one'), two: noting('two') })
    const a = await it.make()
    for (let n = 1; n <= 5; n++) {
      await it.emit(a, n)
      await it.inTx((tx) => tx.emit(liked, a))
    }
    await it.settle()

    const done = await replay(it.house, { handler: 'one', from: 3, to: 7 }) // places of 2, 3 and 4, and two likes
    await it.settle()

    assert.deepEqual(done, { events: 3, forgotten: 0, last: 7 })
    assert.deepEqual(await it.noted('one'), [1, 2, 3, 4, 5, 2, 3, 4])
    assert.deepEqual(await it.noted('two'), [1, 2, 3, 4, 5])
  })

  it('takes times too, both ends included', async (scene) => {
    const it = await versionOf(scene, { posted, one: noting('one') })
    const a = await it.make()
    const times: Date[] = []
    for (let n = 1; n <= 4; n++) {
      it.clock.advance(1_000)
      times.push(it.clock.now())
      await it.emit(a, n)
    }
    await it.settle()

    const done = await replay(it.house, { handler: 'one', from: times[1]!, to: times[2]! })
    const none = await replay(it.house, { handler: 'one', from: new Date(it.clock.ms() + 1), to: 99 })
    await it.settle()

    assert.equal(done.events, 2)
    assert.equal(none.events, 0)
    assert.deepEqual(await it.noted('one'), [1, 2, 3, 4, 2, 3])
  })

  it('goes on in pieces beyond what one transaction takes, and tells how far it is', async (scene) => {
    const it = await versionOf(scene, { posted })
    const a = await it.make()
    await it.inTx(async (tx) => {
      for (let n = 1; n <= eventLimits.relayedAtOnce + 5; n++) await tx.emit(posted, a, { n })
    })
    await it.settle()
    const late = await versionOf(scene, { posted, late: noting('late') })
    const heard: number[] = []

    const done = await replay(late.house, { handler: 'late', from: 1, to: 1e9 }, ({ last }) => heard.push(last))

    assert.deepEqual(heard, [eventLimits.relayedAtOnce, eventLimits.relayedAtOnce + 5])
    assert.equal(done.events, eventLimits.relayedAtOnce + 5)
  })

  it('refuses a handler that the app has not, and names those it has', async (scene) => {
    const it = await versionOf(scene, { posted, one: noting('one') })

    await assert.rejects(replay(it.house, { handler: 'on', from: 1, to: 2 }), /no handler "on"; it has one/)
  })
})

onBothEngines('forgetting', anyVersion, (it) => {
  it('takes what is old and has been given to everybody, and says so to a replay', async (scene) => {
    const it = await versionOf(scene, { posted, one: noting('one') })
    const a = await it.make()
    await it.emit(a, 1)
    await it.settle()
    it.clock.advance(8 * days)
    await it.emit(a, 2)
    await prepare(it.house)
    await it.settle()

    const done = await replay(it.house, { handler: 'one', from: 1, to: 2 })
    await it.settle()

    assert.deepEqual(done, { events: 1, forgotten: 1, last: 2 })
    assert.deepEqual(await it.noted('one'), [1, 2, 2])
    assert.deepEqual(await numbers(it), [[2, 2]]) // the count of the row goes on
  })

  it('keeps what is old and has not been given, until nobody knows the relay any more', async (scene) => {
    const it = await versionOf(scene, { posted, one: noting('one') })
    const a = await it.make()
    await it.emit(a, 1)
    await sequence(it.house, eventSequence(it.house)) // it has its place, and no relay has looked
    it.clock.advance(8 * days)
    await prepare(it.house)
    assert.equal(await forget(it.house), 0)

    it.clock.advance(8 * days)
    assert.equal(await forget(it.house), 1)
  })

  it('tells a relay that was away for too long what it never gets', async (scene) => {
    const away = await versionOf(scene, { posted, away: noting('away') })
    const a = await away.make()
    await away.emit(a, 1)
    const other = await versionOf(scene, { posted })
    await other.emit(a, 2)
    await sequence(other.house, eventSequence(other.house))
    other.clock.advance(16 * days)
    await other.emit(a, 3)
    await other.settle()

    const back = await versionOf(scene, { posted, away: noting('away') })
    await back.settle()

    assert.deepEqual(await back.noted('away'), [3])
    const [line, ...more] = back.lines
    assert.match(line ?? '', /"relay":"handler posts\.posted away","from":1,"to":2/)
    assert.match(line ?? '', /it never gets those/)
    assert.deepEqual(more, [])
  })

  it('keeps what has no place yet, however old it is', async (scene) => {
    const it = await versionOf(scene, { posted })
    await it.emit(await it.make(), 1)
    it.clock.advance(30 * days)

    assert.equal(await forget(it.house), 0)
  })
})

onBothEngines('the lag', anyVersion, (it) => {
  it('counts what has no place and what each relay has not been given, with the age of the oldest', async (scene) => {
    const it = await versionOf(scene, { posted, one: noting('one') })
    const a = await it.make()
    await it.emit(a, 1)
    await it.settle()
    await it.emit(a, 2)
    it.clock.advance(2_000)
    await sequence(it.house, eventSequence(it.house))
    await it.emit(a, 3)
    it.clock.advance(1_000)

    const before = await lag(it.house)
    await it.settle()
    const after = await lag(it.house)

    const name = 'handler posts.posted one'
    assert.deepEqual(before, {
      last: 2,
      unplaced: { count: 1, oldestMs: 1_000 },
      relays: [{ name, position: 1, count: 1, oldestMs: 3_000 }],
    })
    assert.deepEqual(after, {
      last: 3,
      unplaced: { count: 0, oldestMs: 0 },
      relays: [{ name, position: 3, count: 0, oldestMs: 0 }],
    })
  })
})

async function numbers({ house }: Version): Promise<unknown> {
  const text = 'select "position", "number" from plinth_events order by "position"'
  return house.engine.query({ text, reads: ['int', 'int'] }, [])
}
