// Whatever happens to a piece is noticed, and the piece is named.
import assert from 'node:assert/strict'
import { copyFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import test, { type TestContext } from 'node:test'
import { seededRandom } from '../../../base/random.ts'
import { checkPieces } from '../../backup/check_pieces.ts'
import { snapshotsOf } from '../../backup/folder.ts'
import { segmentsOf } from '../../backup/segments.ts'
import { sceneFor, type Scene } from './test_scene.ts'
import { filesOf, restored, withFlippedBit, without } from './test_shipped.ts'

async function shippedFor(t: TestContext): Promise<Scene> {
  const scene = await sceneFor(t)
  for (let n = 0; n < 6; n++) {
    scene.insert(n)
    scene.clock.advance(1_000)
    scene.ship([scene.mark()])
  }
  return scene
}

const problemsOf = async (folder: string): Promise<readonly string[]> => (await checkPieces(folder)).problems

test('one bit turned in any piece, wherever, is found, and the piece is named', async (t) => {
  const { folder } = await shippedFor(t)
  const random = seededRandom(11)
  const files = filesOf(folder)
  assert.ok(files.length >= 9)

  for (const file of files) {
    const { size } = statSync(file)
    const places = [0, size - 1, size - 2, ...Array.from({ length: 6 }, () => Math.floor(random.fraction() * size))]
    for (const at of places) {
      const problems = await withFlippedBit(file, at, () => problemsOf(folder))
      assert.ok(
        problems.some((problem) => problem.includes(file)),
        `byte ${at} of ${file}: ${problems.join('; ') || 'nothing was found'}`,
      )
    }
  }
  assert.deepEqual(await problemsOf(folder), [])
})

test('a piece that is not there is named, the last one too', async (t) => {
  const { folder, shipment } = await shippedFor(t)

  for (const file of filesOf(folder).filter((path) => !path.endsWith('.snapshot'))) {
    const problems = await without(file, () => problemsOf(folder))
    // The name of a missing segment is known up to its time.
    const name = basename(file).replace(/-\d{8}T\d{9}Z\.segment$/, '-*.segment')
    assert.ok(
      problems.some((problem) => problem.includes(name) && problem.includes('missing')),
      `${file}: ${problems.join('; ') || 'nothing was found'}`,
    )
  }
  const [snapshot] = snapshotsOf(shipment.generation)
  assert.ok(snapshot)
  await without(snapshot.path, () => assert.rejects(restored(t, folder), /holds no backup/))
})

test('a restore refuses a damaged piece that it needs, and goes to times that do not need it', async (t) => {
  const { folder, shipment } = await shippedFor(t)
  const fifth = segmentsOf(shipment.generation)[4]
  assert.ok(fifth)
  const before = Date.parse('2026-08-01T00:00:03.000Z')

  await withFlippedBit(fifth.path, 300, async () => {
    await assert.rejects(restored(t, folder), new RegExp(`${basename(fifth.path)} is damaged`))
    assert.deepEqual(await restored(t, folder, before), [0, 1, 2])
  })
  assert.deepEqual(await restored(t, folder), [0, 1, 2, 3, 4, 5])
})

test('a segment put in the place of another is found', async (t) => {
  const { folder, shipment } = await shippedFor(t)
  const [first, second] = segmentsOf(shipment.generation)
  assert.ok(first && second)
  copyFileSync(first.path, second.path)

  assert.match((await problemsOf(folder)).join('\n'), /not what its name says/)
})

test('a folder of something else, and an empty one, are no backup', async (t) => {
  const { folder, shipment } = await shippedFor(t)
  rmSync(shipment.generation, { recursive: true })
  writeFileSync(`${folder}/notes.txt`, 'mine')

  assert.match((await problemsOf(folder)).join('\n'), /holds no backup/)
  await assert.rejects(restored(t, folder), /holds no backup/)
})
