// The anchor: what is written outside the database, whatever a crash or a full disk does to it.
import assert from 'node:assert/strict'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { auditLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'
import { lastInAnchor, readAnchor } from './anchor.ts'
import { readLines } from './anchor_lines.ts'
import { onBothSurfaces, type Scene } from './test_scene.ts'
import { anchorOf, readKept, verifyHouse, writeKept } from './test_tamper.ts'
import { fill } from './test_tampering.ts'
import { turn } from './turn.ts'

const folder = mkdtempSync(join(tmpdir(), 'plinth-anchor-'))
after(() => rmSync(folder, { recursive: true }))
const fresh = (function* counter() {
  for (let n = 1; ; n++) yield join(folder, String(n), 'anchor.jsonl')
})()
const freshPath = (): string => fresh.next().value

/** A process of its own that writes to that anchor. */
const anchored = ({ house }: Scene, path: string): House => ({ ...house, services: { anchor: path } })

async function settle(house: House): Promise<void> {
  while ((await turn(house)) > 0);
}

onBothSurfaces('the anchor of the audit', (it) => {
  it('has every checkpoint, also those made before there was one, each once', async (scene) => {
    await fill(scene, 2)
    const path = freshPath()
    await settle(anchored(scene, path))
    await fill(scene, 1, 'more')
    await settle(anchored(scene, path)) // another process, which knows nothing of the first
    await settle(anchored(scene, path))

    const lines = await readAnchor(path)

    assert.deepEqual(
      lines.map((line) => 'checkpoint' in line && line.checkpoint.number),
      [1, 2, 3],
    )
    const { findings, anchoredTo, sealed } = await verifyHouse(scene.house, lines)
    assert.deepEqual([findings, anchoredTo], [[], sealed])
  })

  it('is whole again after a crash in the middle of a line, and a bent line is told', async (scene) => {
    const path = freshPath()
    await settle(anchored(scene, path))
    const whole = readFileSync(path, 'utf8')
    writeFileSync(path, whole.slice(0, -30))
    const cut = await verifyHouse(scene.house, await readAnchor(path))
    await settle(anchored(scene, path))
    const mended = await verifyHouse(scene.house, await readAnchor(path))
    appendFileSync(path, 'not a checkpoint\n')
    const bent = await verifyHouse(scene.house, await readAnchor(path))

    assert.deepEqual([cut.findings, mended.findings], [[], []])
    assert.ok((cut.anchoredTo ?? 0) < (mended.anchoredTo ?? 0))
    assert.match(String(bent.findings[0]?.why), /no checkpoint/)
  })

  it('may be a folder, with a file for each machine', async (scene) => {
    const path = join(folder, `${scene.name} machines`)
    mkdirSync(path)
    await settle(anchored(scene, path))

    assert.ok(existsSync(join(path, `${hostname()}.jsonl`)))
    assert.deepEqual((await verifyHouse(scene.house, await readAnchor(path))).findings, [])
    assert.equal((await lastInAnchor(path))?.number, 3)
  })

  it('that cannot be written to holds nothing up, and is made good later', async (scene) => {
    const path = freshPath()
    mkdirSync(join(folder, 'file'), { recursive: true })
    const blocked = join(folder, `${scene.name}.blocked`)
    writeFileSync(blocked, '')
    const house = anchored(scene, join(blocked, 'anchor.jsonl')) // below a file: no folder can be made there
    await settle(house)
    assert.ok(scene.lines.some((line) => line.includes('cannot be written to its anchor')))
    rmSync(blocked)
    await settle(house)

    assert.equal(readLines(readFileSync(join(blocked, 'anchor.jsonl'), 'utf8')).length, 3)
    assert.equal(existsSync(path), false)
  })

  it('that knows more than the database is told in the log at once, and stays as it is', async (scene) => {
    const path = freshPath()
    const kept = await readKept(scene.house)
    await settle(anchored(scene, path))
    const last = Number(kept.checkpoints[1]?.['position'])
    await writeKept(scene.house, {
      ...kept,
      entries: kept.entries.slice(0, last),
      checkpoints: kept.checkpoints.slice(0, 2),
    })
    const restored = anchored(scene, path)
    await settle(restored)
    scene.clock.advance(auditLimits.checkpointMs)
    await fill(scene, 1, 'restored')
    await settle(restored)

    assert.ok(scene.lines.some((line) => line.includes('that the database has not')))
    const { findings } = await verifyHouse(scene.house, await readAnchor(path))
    assert.match(findings.map(({ why }) => why).join(), /another checkpoint of this number/)
    assert.notDeepEqual(anchorOf(await readKept(scene.house)), anchorOf(kept))
  })
})
