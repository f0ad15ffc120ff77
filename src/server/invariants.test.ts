// The app's own invariants are asked of a database that was restored, and one that does not hold is told.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { createLog } from '../base/log.ts'
import { systemRandom } from '../base/random.ts'
import { createKeyring } from '../base/seal.ts'
import { noOne } from '../call/caller.ts'
import { fromInside } from '../call/deed.ts'
import { transact } from '../call/transact.ts'
import type { Session } from '../store/contract.ts'
import { openSqlite } from '../store/sqlite/index.ts'
import { applyDirectly } from '../store/migrate/index.ts'
import { tablesOf } from '../store/tables.ts'
import club, { purses } from '../testing/crash/test_purses.ts'
import { modelOf } from './features.ts'
import { openHouse } from './house.ts'
import { brokenInvariants } from './invariants.ts'

const keys = createKeyring('a secret of thirty-two bytes or more')
const model = modelOf(club)

/** What is told of a database in which two purses hold so many points. */
async function toldOf(t: TestContext, points: readonly number[]): Promise<readonly string[]> {
  const engine = await openSqlite({ file: ':memory:', foreignAwait: 'warn', onForeignAwait: () => {} })
  t.after(() => engine.close())
  await applyDirectly(engine, tablesOf(model))
  const log = createLog({ level: 'silent' })
  const { house } = openHouse({ model, engine, clock: systemClock, random: systemRandom, keys, log, services: {} })
  const rows = points.map((held, at) => ({ name: `purse ${at}`, points: held }))
  await transact(house, { operation: 'fill', caller: noOne, origin: fromInside }, {}, (tx) =>
    tx.createMany(purses, rows),
  )
  const session: Session = { all: (...asked) => engine.query(...asked) }
  return brokenInvariants({ engine, session, model, keys, rowSecurity: true, log, now: systemClock.ms() })
}

test('what holds is not told', async (t) => {
  assert.deepEqual(await toldOf(t, [6, 4]), [])
})

test('control: what does not hold is told by its name, with the reason', async (t) => {
  const told = await toldOf(t, [6, 0])

  assert.deepEqual(told, ["the app's own invariants hold: there are ten points, or none yet: there are 6"])
})
