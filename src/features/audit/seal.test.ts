// Sealing: places without a gap whoever writes and whoever seals, signatures in time, and what is no more kept.
import assert from 'node:assert/strict'
import { auditLimits } from '../../base/limits.ts'
import { createKeyring } from '../../base/seal.ts'
import { sealNext, signNewest } from './seal.ts'
import { asAnn, asStaff, onBothSurfaces, type Scene } from './test_scene.ts'
import { anchorOf, readKept, verifyHouse, writeKept } from './test_tamper.ts'
import { fill, settle } from './test_tampering.ts'
import { start, turn } from './turn.ts'

const create = (scene: Scene, name: string): Promise<unknown> =>
  scene.expect(201, 'POST', '/api/v1/stock', asStaff, { name, left: 1 })

const rowsOf = async (scene: Scene, count: number, prefix: string): Promise<void> => {
  for (let at = 0; at < count; at += 250) {
    const names = Array.from({ length: Math.min(250, count - at) }, (_, n) => ({ name: `${prefix} ${at + n}` }))
    await scene.expect(204, 'POST', '/api/v1/stock/restock', asStaff, { names })
  }
}

onBothSurfaces('sealing the audit', (it) => {
  it('an entry is in the chain a turn after its commit, and is signed within a minute', async (scene) => {
    await create(scene, 'one')
    const before = await verifyHouse(scene.house)
    await settle(scene)
    const first = await verifyHouse(scene.house)
    await create(scene, 'two')
    await settle(scene)
    const second = await verifyHouse(scene.house)
    scene.clock.advance(auditLimits.checkpointMs)
    await settle(scene)
    const third = await verifyHouse(scene.house)

    const seen = [before, first, second, third]
    assert.deepEqual(
      seen.map(({ findings, waiting, sealed, signedTo }) => [findings, waiting, sealed, signedTo]),
      [
        [[], 1, 0, 0],
        [[], 0, 1, 1], // the first one at once: there is something to go on from
        [[], 0, 2, 1],
        [[], 0, 2, 2],
      ],
    )
    assert.equal(await turn(scene.house), 0)
  })

  it('every thousandth entry is signed', async (scene) => {
    await rowsOf(scene, 2_100, 'thousand')

    await settle(scene)

    const { checkpoints } = await readKept(scene.house)
    const places = checkpoints.map(({ position }) => Number(position))
    assert.ok(places.includes(1_000) && places.includes(2_000), places.join())
    assert.deepEqual((await verifyHouse(scene.house)).findings, [])
  })

  it('writers and those who seal do not wait for one another, and no place is given twice', async (scene) => {
    const sealing = { isOver: false }
    const seal = async (): Promise<void> => {
      while (!sealing.isOver) {
        await Promise.all([sealNext(scene.house), sealNext(scene.house), signNewest(scene.house, true)])
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const sealer = seal()
    await Promise.all(Array.from({ length: 60 }, (_, at) => create(scene, `both ${at}`)))
    sealing.isOver = true
    await sealer
    await settle(scene)

    const { findings, waiting } = await verifyHouse(scene.house)
    assert.deepEqual([findings, waiting], [[], 0])
  })

  it('an entry that somebody put in or changed before it was sealed is sealed as what it is', async (scene) => {
    await create(scene, 'real')
    const kept = await readKept(scene.house)
    const bent = kept.waiting.map((row) => ({ ...row, content: String(row['content']).replace('real', 'bent') }))
    await writeKept(scene.house, { ...kept, waiting: bent })

    const open = await verifyHouse(scene.house)
    await settle(scene)
    const sealed = await verifyHouse(scene.house)

    assert.match(String(open.findings[0]?.why), /not written by this app/)
    assert.deepEqual([sealed.findings.length, sealed.findings[0]?.what], [1, 'entry'])
    assert.match(String(sealed.findings[0]?.why), /changed before it was sealed/)
    assert.ok(scene.lines.some((line) => line.includes('not written by this app')))
    const { entries } = await readKept(scene.house)
    assert.deepEqual([entries.at(-1)?.['sound'], entries.at(-1)?.['outcome']], [false, 'not ours'])
    assert.ok(!JSON.stringify(entries).includes('bent'))
  })

  it('an entry that was put back does not get a second place, and holds nothing up', async (scene) => {
    await create(scene, 'twice')
    const { waiting } = await readKept(scene.house)
    await settle(scene)
    const kept = await readKept(scene.house)
    await writeKept(scene.house, { ...kept, waiting })
    await create(scene, 'after it')
    await settle(scene)

    const after = await readKept(scene.house)
    assert.deepEqual([after.entries.length, after.waiting], [kept.entries.length + 1, []])
    assert.ok(scene.lines.some((line) => line.includes('have their place already')))
  })
})

onBothSurfaces('the keys of the audit', (it) => {
  it('go with the secret: a new one signs what the old one covered, and a foreign one is told', async (scene) => {
    await fill(scene, 2)
    const old = 'a secret of the surface tests, 32+ bytes'
    const turned = createKeyring('another secret, which came after it did', [old])
    const house = { ...scene.house, keys: turned }
    await create(scene, 'between')
    scene.clock.advance(auditLimits.checkpointMs)
    while ((await turn(house)) > 0);
    const anchor = anchorOf(await readKept(scene.house))

    assert.deepEqual((await verifyHouse(house, anchor)).findings, [])
    // The old secret may go: what it signed stands under the new signature.
    const alone = createKeyring('another secret, which came after it did')
    assert.deepEqual((await verifyHouse(house, anchor, alone)).findings, [])
    const [foreign] = (await verifyHouse(house, anchor, createKeyring('a secret of nobody at all, 32+ bytes'))).findings
    assert.match(String(foreign?.why), /a key that is not ours/)
  })

  it('a restart in the middle goes on where the chain was, and a stop signs the end', async (scene) => {
    await create(scene, 'running')
    const runner = start(scene.house)
    await create(scene, 'still running')
    await runner.stop()

    const { findings, sealed, signedTo, waiting } = await verifyHouse(scene.house)
    assert.deepEqual([findings, waiting], [[], 0])
    assert.equal(signedTo, sealed)
  })
})

onBothSurfaces('what the audit forgets', (it) => {
  it('goes after 400 days, up to a signature, and the rest is still whole', async (scene) => {
    await fill(scene, 3)
    const anchor = anchorOf(await readKept(scene.house))
    scene.clock.advance(auditLimits.keptMs - 150_000)
    await settle(scene)
    const before = await verifyHouse(scene.house, anchor)
    await create(scene, 'a year later')
    scene.clock.advance(100_001)
    await settle(scene)

    const { entries, checkpoints } = await readKept(scene.house)
    const after = await verifyHouse(scene.house, [...anchor, ...anchorOf(await readKept(scene.house))])

    assert.deepEqual([before.findings, before.sealed > 20], [[], true])
    assert.deepEqual([after.findings, entries.length < before.sealed], [[], true])
    assert.equal(Number(entries[0]?.['position']), Number(checkpoints[0]?.['position']) + 1)
  })

  it('is all of it where nothing came since, and then the chain goes on', async (scene) => {
    scene.clock.advance(auditLimits.keptMs + 61_000)
    await settle(scene)
    assert.deepEqual([(await readKept(scene.house)).entries, (await verifyHouse(scene.house)).findings], [[], []])

    await create(scene, 'after the silence')
    await settle(scene)

    const { findings, sealed } = await verifyHouse(scene.house)
    assert.deepEqual([findings, sealed], [[], 1])
    await scene.expect(200, 'GET', '/api/v1/orders', asAnn)
  })

  it('is never what is younger: taking that away is found', async (scene) => {
    await fill(scene, 2, 'young')
    const kept = await readKept(scene.house)
    const base = kept.checkpoints.at(-2)!
    await writeKept(scene.house, {
      ...kept,
      entries: kept.entries.filter(({ position }) => Number(position) > Number(base['position'])),
      checkpoints: kept.checkpoints.slice(-2),
    })

    const { findings } = await verifyHouse(scene.house)

    assert.match(findings.map(({ why }) => why).join(), /are missing/)
    await writeKept(scene.house, kept)
  })
})
