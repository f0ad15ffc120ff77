// The tampering suite: every one of many random tamperings is found. Few of them by day, ten thousand by night.
import assert from 'node:assert/strict'
import { asAnn, asStaff, onBothSurfaces, type Scene } from './test_scene.ts'
import { anchorOf, forged, type Kept, readKept, tampered, verifyHouse, writeKept } from './test_tamper.ts'
import { turn } from './turn.ts'

/** Tamperings of one test: a test has two minutes. */
const atOnce = 1_000

/** Calls of many kinds, sealed in between, with a checkpoint after each few of them. */
export async function fill(scene: Scene, groups: number, prefix = 'g'): Promise<void> {
  for (let group = 0; group < groups; group++) {
    const { json } = await scene.expect(201, 'POST', '/api/v1/stock', asStaff, { name: `${prefix}${group}`, left: 50 })
    const lines = [{ of: json['id'], many: 2 }]
    const order = await scene.expect(201, 'POST', '/api/v1/orders', asAnn, { lines, remark: `first ${group}` })
    const url = `/api/v1/orders/${String(order.json['id'])}`
    await scene.expect(200, 'PATCH', url, asAnn, { remark: null })
    await scene.expect(200, 'POST', `${url}/pay`, asAnn)
    await scene.expect(409, 'POST', `${url}/pay`, asAnn)
    await scene.expect(401, 'POST', '/api/v1/stock', undefined, { name: 'x' })
    scene.clock.advance(61_000)
    await settle(scene)
  }
}

export async function settle({ house }: Scene): Promise<void> {
  while ((await turn(house)) > 0);
}

/** Registers the suite: so many tamperings on each engine, each undone before the next. */
export function tamperingSuite(title: string, counts: { readonly sqlite: number; readonly postgres: number }): void {
  onBothSurfaces(title, (it) => {
    const state: { whole?: Kept } = {}

    it('there is nothing to find in an audit that nobody touched', async (scene) => {
      await fill(scene, 6)
      state.whole = await readKept(scene.house)

      const verified = await verifyHouse(scene.house, anchorOf(state.whole))

      assert.deepEqual(verified.findings, [])
      assert.equal(verified.sealed, state.whole.entries.length)
      assert.equal(verified.signedTo, verified.sealed)
      assert.equal(verified.anchoredTo, verified.sealed)
      assert.ok(verified.checkpoints >= 6 && verified.waiting === 0)
    })

    const most = Math.max(counts.sqlite, counts.postgres)
    for (let from = 1; from <= most; from += atOnce) {
      it(`every tampering is found, from seed ${from} on`, async (scene) => {
        const whole = state.whole ?? assert.fail('there is no audit to tamper with')
        const anchor = anchorOf(whole)
        const count = scene.name === 'sqlite' ? counts.sqlite : counts.postgres
        for (let seed = from; seed < from + atOnce && seed <= count; seed++) {
          const { kept, words } = tampered(scene.house, whole, seed)
          await writeKept(scene.house, kept)
          const { findings } = await verifyHouse(scene.house, anchor)
          assert.notEqual(findings.length, 0, words)
        }
        await writeKept(scene.house, whole)
        assert.deepEqual((await verifyHouse(scene.house, anchor)).findings, [])
      })
    }

    it('nothing is found of who has the keys and the anchor too: that is what finds the others', async (scene) => {
      const whole = state.whole ?? assert.fail('there is no audit to tamper with')
      const [first] = whole.entries
      const lie = { ...whole, entries: [{ ...first, caller: null }, ...whole.entries.slice(2)] }
      const made = forged(scene.house, lie)
      await writeKept(scene.house, made)

      assert.deepEqual((await verifyHouse(scene.house, anchorOf(made))).findings, [])
      assert.notDeepEqual((await verifyHouse(scene.house, anchorOf(whole))).findings, [])
      await writeKept(scene.house, whole)
    })

    it('a database put back to what it was is found by the anchor, and by nothing else', async (scene) => {
      const whole = state.whole ?? assert.fail('there is no audit to tamper with')
      const signed = whole.checkpoints.slice(0, 3)
      const last = Number(signed.at(-1)?.['position'])
      await writeKept(scene.house, { ...whole, entries: whole.entries.slice(0, last), checkpoints: signed })

      assert.deepEqual((await verifyHouse(scene.house)).findings, [])
      const { findings, anchoredTo } = await verifyHouse(scene.house, anchorOf(whole))
      assert.deepEqual([findings[0]?.what, anchoredTo], ['end', last])
      await writeKept(scene.house, whole)
    })
  })
}
