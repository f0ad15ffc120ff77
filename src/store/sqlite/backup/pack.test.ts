// Segments in a pack are what they were alone: restored, checked, named when damaged, removed when old.
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { checkPieces } from '../../backup/check_pieces.ts'
import { looseSegmentsOf, packsOf } from '../../backup/folder.ts'
import { packOld } from '../../backup/pack.ts'
import { readSegment, segmentsOf } from '../../backup/segments.ts'
import { sceneFor, type Scene } from './test_scene.ts'
import { restored, withFlippedBit, without } from './test_shipped.ts'

/** Twelve segments, the first eight in two packs. */
async function packedFor(t: TestContext): Promise<Scene> {
  const scene = await sceneFor(t)
  for (let n = 0; n < 12; n++) {
    scene.insert(n)
    scene.clock.advance(1_000)
    scene.ship([scene.mark()])
  }
  assert.equal(packOld(scene.shipment.generation, 4), 8)
  return scene
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, at) => at)

test('packed segments are restored and checked as loose ones, at any time', async (t) => {
  const { folder, shipment } = await packedFor(t)

  assert.equal(packsOf(shipment.generation).length, 2)
  assert.equal(looseSegmentsOf(shipment.generation).length, 4)
  assert.deepEqual(await restored(t, folder), upTo(12))
  for (const n of [1, 4, 5, 8, 9]) {
    assert.deepEqual(await restored(t, folder, Date.parse('2026-08-01T00:00:00Z') + n * 1_000), upTo(n))
  }
  assert.deepEqual((await checkPieces(folder)).problems, [])
})

test('the newest stay loose, and packing again changes nothing', async (t) => {
  const { shipment } = await packedFor(t)

  assert.equal(packOld(shipment.generation, 4), 0)
})

test('a damaged pack is named, and times before it are restored', async (t) => {
  const { folder, shipment } = await packedFor(t)
  const second = packsOf(shipment.generation)[1]
  assert.ok(second)
  const third = Date.parse('2026-08-01T00:00:03Z')

  for (const at of [3, 60, 700, statSync(second.path).size - 3]) {
    await withFlippedBit(second.path, at, async () => {
      assert.match((await checkPieces(folder)).problems.join('\n'), new RegExp(basename(second.path)), `byte ${at}`)
      assert.deepEqual(await restored(t, folder, third), upTo(3))
    })
  }
  await withFlippedBit(second.path, 60, () =>
    assert.rejects(restored(t, folder), new RegExp(`${basename(second.path)} is damaged`)),
  )
  await without(second.path, () => assert.rejects(restored(t, folder), /00000005-\*\.segment is missing/))
})

test('a segment that is packed after it was listed is still found', async (t) => {
  const scene = await sceneFor(t)
  for (let n = 0; n < 8; n++) {
    scene.insert(n)
    scene.ship()
  }
  const [listed] = segmentsOf(scene.shipment.generation)
  assert.ok(listed)
  packOld(scene.shipment.generation, 4)

  assert.equal(readSegment(listed, undefined).head.number, 1)
})

test('a crash between packing and removing leaves both, and each segment counts once', async (t) => {
  const scene = await sceneFor(t)
  for (let n = 0; n < 8; n++) {
    scene.insert(n)
    scene.ship()
  }
  const [first] = looseSegmentsOf(scene.shipment.generation)
  assert.ok(first)
  const aside = join(scene.folder, 'aside')
  copyFileSync(first.path, aside)
  packOld(scene.shipment.generation, 4)
  mkdirSync(dirname(first.path), { recursive: true })
  copyFileSync(aside, first.path)

  assert.deepEqual(
    segmentsOf(scene.shipment.generation).map(({ number }) => number),
    upTo(8).map((n) => n + 1),
  )
  assert.deepEqual(await restored(t, scene.folder), upTo(8))
})
