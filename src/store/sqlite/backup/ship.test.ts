// What is written is in the backup: as it grows, over many runs of the log, at any time that is asked for.
import assert from 'node:assert/strict'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import test, { describe } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ownedClock } from '../../../base/clock.ts'
import { choose } from '../../backup/choose.ts'
import { checkPieces } from '../../backup/check_pieces.ts'
import { generationsOf } from '../../backup/folder.ts'
import { openSqlite, type SqliteEngine } from '../index.ts'
import { insert } from '../test_store.ts'
import { openShipped, placeFor, restored, snapshotted, until } from './test_shipped.ts'

/** Four writers that never pause. */
async function written(engine: SqliteEngine, from: number, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, n) => from + n)
  const write = async (): Promise<void> => {
    for (let n = numbers.shift(); n !== undefined; n = numbers.shift()) await insert(engine, n)
  }
  await Promise.all([write(), write(), write(), write()])
}

/** Writes until the log has started over three times; answers how many numbers there are then. */
async function overManyRuns(engine: SqliteEngine, file: string, from: number): Promise<number> {
  const runs = new Set<string>()
  let count = from
  for (; runs.size < 4 && count < 20_000; count += 50) {
    await written(engine, count, 50)
    // Salts, which change when it starts over.
    runs.add(readFileSync(`${file}-wal`).toString('hex', 16, 24))
  }
  assert.equal(runs.size, 4, `after ${count} writes`)
  return count
}

/** The log starts over after so few pages. */
const often = { checkpointPages: 12, restartPages: 40 }

const all = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

describe('shipping', () => {
  test('what was written before and while it ran is restored, over many runs of the log', async (t) => {
    const place = placeFor(t)
    const engine = await openShipped(place, { limits: often })
    await written(engine, 0, 40)
    await snapshotted(engine)

    const count = await overManyRuns(engine, place.file, 40)
    await engine.close()

    assert.deepEqual(await restored(t, place.folder), all(count))
    assert.equal(generationsOf(place.folder).length, 1, place.lines.join(''))
    assert.deepEqual((await checkPieces(place.folder)).problems, [])
  })

  test('control: when checkpoints do not wait, writes are missing or a new generation had to begin', async (t) => {
    const place = placeFor(t)
    const engine = await openShipped(place, {
      limits: often,
      backup: { checkpoints: 'free', limits: { shipEveryMs: 5_000 } }, // longer than all that is written takes
    })
    await snapshotted(engine)

    const count = await overManyRuns(engine, place.file, 0)
    await engine.close()

    const back = await restored(t, place.folder).catch(() => [])
    assert.ok(back.length < count || generationsOf(place.folder).length > 1)
  })

  test('at any time all that was acknowledged by then is there, and nothing that began later', async (t) => {
    const place = placeFor(t)
    const engine = await openShipped(place, { limits: { checkpointPages: 40 } })
    await snapshotted(engine)

    const writes: { begun: number; acked: number }[] = []
    for (let n = 0; n < 90; n++) {
      const begun = Date.now()
      await insert(engine, n)
      writes.push({ begun, acked: Date.now() })
      if (n % 3 === 0) await sleep(2)
    }
    await engine.close()

    for (const n of [0, 31, 88]) {
      const ms = writes[n]?.acked ?? 0
      const back = await restored(t, place.folder, ms)
      // What is on disk at that time and acknowledged the next moment may be there or not.
      assert.ok(back.length >= writes.filter(({ acked }) => acked <= ms).length, `at ${ms}: ${back.length}`)
      assert.ok(back.length <= writes.filter(({ begun }) => begun <= ms).length, `at ${ms}: ${back.length}`)
      assert.deepEqual(back, all(back.length))
    }
  })

  test('a time before the first snapshot is refused, and the oldest is named', async (t) => {
    const place = placeFor(t)
    const engine = await openShipped(place)
    await snapshotted(engine)
    await engine.close()

    assert.throws(
      () => choose(place.folder, Date.parse('2001-01-01T00:00:00Z')),
      /nothing as old as 2001.*the oldest is of 20\d\d/,
    )
    assert.throws(() => choose(`${place.folder}/no`), /holds no backup/)
  })
})

describe('a start', () => {
  test('after a clean end goes on with the same generation', async (t) => {
    const place = placeFor(t)
    const first = await openShipped(place)
    await snapshotted(first)
    await written(first, 0, 20)
    await first.close()

    const second = await openShipped(place)
    await written(second, 20, 20)
    await second.close()

    assert.equal(generationsOf(place.folder).length, 1)
    assert.deepEqual(await restored(t, place.folder), all(40))
  })

  test('after one without backups begins a new generation, so that nothing is missing', async (t) => {
    const place = placeFor(t)
    const first = await openShipped(place)
    await snapshotted(first)
    await insert(first, 0)
    await first.close()
    const unshipped = await openSqlite({ file: place.file })
    await insert(unshipped, 1)
    await unshipped.close()

    const second = await openShipped(place)
    await insert(second, 2)
    await snapshotted(second)
    await second.close()

    assert.equal(generationsOf(place.folder).length, 2)
    assert.deepEqual(await restored(t, place.folder), [0, 1, 2])
  })

  test('after the clock was put back by years still comes after what was shipped before', async (t) => {
    const place = placeFor(t)
    const first = await openShipped(place, { backup: { clock: ownedClock('2040-01-01T00:00:00.000Z') } })
    await snapshotted(first)
    await insert(first, 0)
    await first.close()
    await (await openSqlite({ file: place.file })).close()

    const second = await openShipped(place)
    await snapshotted(second)
    await insert(second, 1)
    await second.close()

    assert.equal(generationsOf(place.folder).length, 2)
    assert.deepEqual(await restored(t, place.folder), [0, 1])
  })

  test('with a folder that holds the backup of another database is refused', async (t) => {
    const place = placeFor(t)
    await (await openShipped(place)).close()

    await assert.rejects(openShipped({ ...placeFor(t), folder: place.folder }), /give .* a folder of its own/)
  })

  test('with a folder that cannot be written is refused', async (t) => {
    const place = placeFor(t)
    writeFileSync(place.folder, 'a file')

    await assert.rejects(openShipped(place), /backup folder cannot be used/)
    await (await openSqlite({ file: place.file })).close()
  })
})

describe('a backup that fails', () => {
  test('does not stop writes, is said, and goes on when the folder works again', async (t) => {
    const place = placeFor(t)
    const engine = await openShipped(place)
    await snapshotted(engine)
    await insert(engine, 0)
    const [generation] = generationsOf(place.folder)
    assert.ok(generation)
    renameSync(generation, `${generation}.away`)
    writeFileSync(generation, '')

    await insert(engine, 1)
    await until(() => engine.figures().backup?.failing !== undefined, 'a failure')
    rmSync(generation)
    renameSync(`${generation}.away`, generation)
    await until(() => engine.figures().backup?.failing === undefined, 'an end of the failure')
    await engine.close()

    assert.match(place.lines.join(''), /Backups fail.*Backups work again/s)
    assert.deepEqual(await restored(t, place.folder), [0, 1])
    assert.equal(generationsOf(place.folder).length, 1)
  })

  test('is given up when the log has grown too long, and begins anew', async (t) => {
    const place = placeFor(t)
    const engine = await openShipped(place, {
      limits: often,
      backup: { limits: { logBytes: 300 * 4_096 } },
    })
    await snapshotted(engine)
    const [generation] = generationsOf(place.folder)
    assert.ok(generation)
    renameSync(generation, `${generation}.away`)
    writeFileSync(generation, '')

    await written(engine, 0, 2_000)
    await until(() => /too long/.test(place.lines.join('')), 'the end of the generation')
    rmSync(generation)
    await written(engine, 2_000, 10)
    await snapshotted(engine)
    await engine.close()

    assert.deepEqual(await restored(t, place.folder), all(2_010))
  })
})
