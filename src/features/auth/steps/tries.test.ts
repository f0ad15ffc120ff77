// Tries are counted exactly, also where the row of the count is not there yet, or is swept away meanwhile.
import assert from 'node:assert/strict'
import { ownedClock } from '../../../base/clock.ts'
import { createLog } from '../../../base/log.ts'
import { Problem } from '../../../base/pure/problem.ts'
import { seededRandom } from '../../../base/random.ts'
import { createKeyring } from '../../../base/seal.ts'
import { noOne } from '../../../call/caller.ts'
import { fromInside } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { transact } from '../../../call/transact.ts'
import { app } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import { modelOf } from '../../../server/features.ts'
import { openHouse } from '../../../server/house.ts'
import { onBothEngines, type ModelScene } from '../../../store/suite/test_model.ts'
import { tries } from '../../accounts/index.ts'
import { lockIfThere } from './lock_if_there.ts'
import { forgetTriesAt, takeTry, type TryLimit } from './tries.ts'

const limit: TryLimit = { most: 10, windowMs: 60_000, slowFrom: Number.POSITIVE_INFINITY }
const many = 60
const deed = { operation: 'test', caller: noOne, origin: fromInside }

const inTx = <T>(house: House, run: (tx: Tx) => Promise<T>): Promise<T> =>
  transact(house, deed, { isolation: 'locked' }, run)

function houseOf({ engine, model }: ModelScene) {
  const clock = ownedClock('2026-03-01T12:00:00.000Z')
  const random = seededRandom(1)
  const log = createLog({ level: 'silent', clock })
  const keys = createKeyring('x'.repeat(32), [], random)
  return { clock, house: openHouse({ model, engine, clock, random, keys, log, services: {} }).house }
}

const take = (house: House, what = 'sign in'): Promise<Problem | undefined> =>
  inTx(house, (tx) => takeTry(tx, house, { what, at: 'ann' }, limit))

/** The fault: the count is read in one transaction and written in the next, or made where it was not there. */
async function takeApart(house: House): Promise<Problem | undefined> {
  const key = house.keys.mac('tries', 'apart')
  const [row] = await inTx(house, (tx) => tx.find(tries, { key }))
  if (row !== undefined && row.count >= limit.most) return new Problem('rate_limited', 'Too many tries.')
  const { ms, now } = { ms: house.clock.ms(), now: house.clock.now() }
  const made = { key, count: (row?.count ?? 0) + 1, startedAt: now, lastAt: new Date(ms) }
  await inTx(house, (tx) => tx.upsert(tries, [made], { by: ['key'] }))
  return undefined
}

const takenOf = (outcomes: readonly (Problem | undefined)[]): number =>
  outcomes.filter((outcome) => outcome === undefined).length

onBothEngines('Tries', modelOf(app('test', {})), (it) => {
  it(`of ${many} at once at a count that is not there yet are as many as may; taken apart, more`, async (scene) => {
    const { house } = houseOf(scene)

    const apart = await Promise.all(Array.from({ length: many }, () => takeApart(house)))
    assert.ok(takenOf(apart) > limit.most, 'the control: the fault shows')
    assert.equal(takenOf(await Promise.all(Array.from({ length: many }, () => take(house)))), limit.most)
    const [row] = await inTx(house, (tx) => tx.find(tries, { key: house.keys.mac('tries', 'sign in') }))
    assert.equal(row?.count, limit.most)
  })

  it('that a sweep takes away meanwhile are counted anew, and fail nowhere', async (scene) => {
    const { house } = houseOf(scene)
    const sweep = () =>
      inTx(house, async (tx) => {
        for (const { id } of await tx.find(tries, {})) {
          const row = await lockIfThere(tx, tries, id)
          if (row !== undefined) await tx.delete(tries, row.id)
        }
      })

    const work = Array.from({ length: many }, (_, n) => (n % 6 === 5 ? sweep().then(() => 'swept') : take(house)))
    const outcomes = await Promise.all(work)

    const sweeps = outcomes.filter((outcome) => outcome === 'swept').length
    const odd = outcomes.filter((one) => one !== 'swept' && one !== undefined && !(one instanceof Problem))
    assert.deepEqual(odd, [])
    const taken = outcomes.filter((outcome) => outcome === undefined).length
    assert.ok(taken >= limit.most && taken <= limit.most * (sweeps + 1), `${taken} were taken`)
  })

  it('are kept by a transaction that refuses, and by one that locks a row which is gone', async (scene) => {
    const { house } = houseOf(scene)
    const gone = await inTx(house, async (tx) => {
      const now = tx.now
      const row = await tx.create(tries, { key: 'gone', count: 1, startedAt: now, lastAt: now })
      await tx.delete(tries, row.id)
      return row
    })

    const counted = await inTx(house, async (tx) => {
      assert.equal(await lockIfThere(tx, tries, gone.id), undefined)
      return takeTry(tx, house, 'after it', limit)
    })

    assert.equal(counted, undefined)
    assert.equal((await inTx(house, (tx) => tx.find(tries, {}))).length, 1)
  })

  it('at one are forgotten from every network at once, and those at another stay', async (scene) => {
    const { house } = houseOf(scene)
    for (const network of ['a', 'b', 'c']) for (let n = 0; n < 11; n++) await take(house, network)
    await inTx(house, (tx) => takeTry(tx, house, { what: 'bob', at: 'bob' }, { ...limit, most: 1 }))

    await inTx(house, (tx) => forgetTriesAt(tx, house, 'ann'))

    for (const network of ['a', 'b', 'c']) assert.equal(await take(house, network), undefined)
    const again = await inTx(house, (tx) => takeTry(tx, house, { what: 'bob', at: 'bob' }, { ...limit, most: 1 }))
    assert.ok(again instanceof Problem)
  })
})
