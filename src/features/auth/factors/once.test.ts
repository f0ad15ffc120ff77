// A factor is taken once, under the account's row; taken outside of it, by many. Nothing of it lies in clear.
import assert from 'node:assert/strict'
import { ownedClock } from '../../../base/clock.ts'
import { createLog } from '../../../base/log.ts'
import { seededRandom } from '../../../base/random.ts'
import { createKeyring } from '../../../base/seal.ts'
import { TOTP } from 'otpauth'
import { noOne } from '../../../call/caller.ts'
import { fromInside } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { transact } from '../../../call/transact.ts'
import { app } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import { modelOf } from '../../../server/features.ts'
import { openHouse } from '../../../server/house.ts'
import { onBothEngines, type ModelScene } from '../../../store/suite/test_model.ts'
import { accounts, challenges, recoveryCodes, totps } from '../../accounts/index.ts'
import { authOf } from '../service.ts'
import { createRecoveryCodes } from '../totp/recovery_codes.ts'
import { createTotpSecret, stepOfCode } from '../totp/totp.ts'
import { storeCodes } from './account_factors.ts'
import { createChallengeTable } from './challenge_table.ts'
import { judge, type Shown, takeFactor } from './shown_factor.ts'

const twins = 50
const deed = { operation: 'test', caller: noOne, origin: fromInside }
const inTx = <T>(house: House, run: (tx: Tx) => Promise<T>): Promise<T> =>
  transact(house, deed, { isolation: 'locked' }, run)

async function sceneOf({ engine, model }: ModelScene) {
  const clock = ownedClock('2026-03-01T12:00:00.000Z')
  const random = seededRandom(1)
  const log = createLog({ level: 'silent', clock })
  const keys = createKeyring('x'.repeat(32), [], random)
  const { house } = openHouse({ model, engine, clock, random, keys, log, services: {} })
  const seed = createTotpSecret(random)
  const { codes, hashes } = await createRecoveryCodes(authOf(house).recovery)
  const account = await inTx(house, async (tx) => {
    const made = await tx.create(accounts, { email: 'ann@example.com', verifiedAt: tx.now })
    await tx.create(totps, { account: made.id, seed, confirmedAt: tx.now })
    await storeCodes(tx, made, hashes)
    return made
  })
  const code = new TOTP({ secret: seed }).generate({ timestamp: clock.ms() })
  return { house, account, seed, codes, code }
}

type Scene = Awaited<ReturnType<typeof sceneOf>>

/** How many of as many as there are twins take the same thing at once. */
async function successes(take: () => Promise<unknown>): Promise<number> {
  const taken = await Promise.all(Array.from({ length: twins }, take))
  return taken.filter((one) => one !== undefined && one !== false).length
}

const taking =
  ({ house, account }: Scene, shown: Shown) =>
  () =>
    inTx(house, async (tx) => takeFactor(tx, house, await tx.lock(accounts, account.id), shown))

/** The fault: judged in one transaction, used up in the next. */
const takingApart =
  ({ house, account, code }: Scene) =>
  async () => {
    const [totp] = await inTx(house, (tx) => tx.find(totps, { account: account.id }))
    assert.ok(totp)
    const step = stepOfCode(totp.seed.reveal(), code, { nowMs: house.clock.ms(), lastStep: totp.lastStep })
    if (step !== undefined) await inTx(house, (tx) => tx.update(totps, totp.id, { lastStep: step }))
    return step
  }

/** The same fault for a recovery code: that its row was there is found out before, and nobody asks again. */
const recoveringApart =
  ({ house }: Scene, shown: Shown) =>
  async () => {
    assert.ok(shown.by === 'recovery' && shown.code !== undefined)
    const id = shown.code
    const [code] = await inTx(house, (tx) => tx.find(recoveryCodes, { id }))
    // Deleting what is gone fails nowhere: that is how the fault stays unseen.
    await inTx(house, (tx) => tx.sql({ recoveryCodes }).deleteFrom('recoveryCodes').where('id', '=', id).execute())
    return code
  }

onBothEngines('A factor', modelOf(app('test', {})), (it) => {
  it(`of an app is taken by one of ${twins}; taken apart, by more`, async (opened) => {
    const scene = await sceneOf(opened)

    assert.ok((await successes(takingApart(scene))) > 1, 'the control: the fault shows')
    await inTx(scene.house, async (tx) => {
      const [totp] = await tx.find(totps, { account: scene.account.id })
      if (totp !== undefined) await tx.update(totps, totp.id, { lastStep: null })
    })
    assert.equal(await successes(taking(scene, { by: 'totp', code: scene.code })), 1)
    assert.equal(await successes(taking(scene, { by: 'totp', code: scene.code })), 0)
  })

  it(`that is a recovery code is taken by one of ${twins}; taken apart, by more`, async (opened) => {
    const scene = await sceneOf(opened)
    const shown = async (at: number): Promise<Shown> =>
      judge(scene.house, scene.account.id, { totp: null, recovery: scene.codes[at] ?? '', passkey: null }, fromInside)

    assert.ok((await successes(recoveringApart(scene, await shown(0)))) > 1, 'the control: the fault shows')
    assert.equal(await successes(taking(scene, await shown(1))), 1)
    assert.deepEqual(await shown(1), { by: 'recovery', code: undefined })
  })

  it(`asked of a passkey is a challenge that one of ${twins} takes`, async (opened) => {
    const { house } = await sceneOf(opened)
    const table = createChallengeTable(house)
    const text = 'c'.repeat(43)
    await table.put({ text, purpose: 'sign_in', account: null, verified: true, expiresMs: house.clock.ms() + 1 })

    assert.equal(await successes(() => table.take(text)), 1)
    assert.equal(await table.take('\0'), undefined)
    assert.equal((await inTx(house, (tx) => tx.find(challenges, {}))).length, 0)
  })

  it('lies in no table in clear, the audit among them; an address does', async (opened) => {
    const { house, account, seed, codes } = await sceneOf(opened)
    const hidden = [seed, ...codes, ...codes.map((code) => code.replaceAll('-', ''))]
    const everything = await dump(house)

    assert.ok(everything.includes(account.email), 'the control: the dump holds what is there')
    assert.deepEqual(
      hidden.filter((one) => everything.includes(one)),
      [],
    )
  })
})

/** Every row of every table, as text. */
async function dump({ engine }: House): Promise<string> {
  const { tables } = await engine.introspect()
  const texts: string[] = []
  for (const { name, columns } of tables) {
    const cells = columns.map((column) => `coalesce(cast("${column.name}" as text), '')`).join(` || ' ' || `)
    const rows = await engine.query({ text: `select ${cells} from "${name}"`, reads: ['text'] }, [])
    texts.push(rows.flat().join('\n'))
  }
  return texts.join('\n')
}
