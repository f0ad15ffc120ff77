// Segments follow one another without a gap, or shipping stops and says so.
import assert from 'node:assert/strict'
import { closeSync, copyFileSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import test from 'node:test'
import { choose } from '../../backup/choose.ts'
import { checkPieces } from '../../backup/check_pieces.ts'
import { segmentsOf } from '../../backup/segments.ts'
import { fileFor } from '../test_store.ts'
import { LogReader } from './log_reader.ts'
import { LogBroken, shipLog, type SyncMark } from './ship_log.ts'
import { Shipment } from './shipment.ts'
import { sceneFor } from './test_scene.ts'
import { restored } from './test_shipped.ts'

test('what is shipped in pieces, over many runs of the log, is restored whole', async (t) => {
  const { insert, ship, copyAll, folder } = await sceneFor(t)

  for (let n = 0; n < 60; n++) {
    insert(n)
    if (n % 4 === 0) ship()
    if (n % 12 === 0) copyAll()
  }
  ship()

  assert.deepEqual(
    await restored(t, folder),
    Array.from({ length: 60 }, (_, n) => n),
  )
  assert.deepEqual((await checkPieces(folder)).problems, [])
})

test('a transaction larger than a segment is several, and comes back whole', async (t) => {
  const { database, ship, folder, shipment, insert } = await sceneFor(t)
  database.exec('begin; create table wide (b text)')
  for (let n = 0; n < 100; n++) database.exec('insert into wide values (hex(randomblob(2000)))')
  database.exec('commit')
  insert(7)

  ship([], 10 * 4_120)

  assert.ok(segmentsOf(shipment.generation).length > 8)
  assert.deepEqual(await restored(t, folder), [7])
  assert.deepEqual((await checkPieces(folder)).problems, [])
})

test('nothing new makes no segment; a mark alone does', async (t) => {
  const { insert, ship, shipment, mark } = await sceneFor(t)
  insert(1)
  ship()
  ship()
  assert.equal(shipment.number, 1)

  ship([mark()])

  assert.equal(shipment.number, 2)
})

test('each mark is a state that comes back, wherever segments and runs of the log end', async (t) => {
  const { insert, ship, copyAll, clock, mark, folder } = await sceneFor(t)
  const times: number[] = []
  let marks: SyncMark[] = []

  for (let n = 0; n < 24; n++) {
    clock.advance(100)
    insert(n)
    clock.advance(100)
    marks.push(mark())
    times.push(clock.ms())
    // The mark of the last write before a shipment comes with the next one, as it does when a sync is under way.
    const [late] = n % 3 === 0 ? marks.splice(-1) : []
    if (n % 2 === 0) {
      ship(marks)
      marks = late === undefined ? [] : [late]
    } else if (late !== undefined) marks.push(late)
    if (n % 5 === 0) {
      ship(marks)
      marks = []
      copyAll()
    }
  }
  ship(marks)

  for (const [n, ms] of times.entries()) {
    const upTo = Array.from({ length: n + 1 }, (_, at) => at)
    assert.deepEqual(await restored(t, folder, ms), upTo, `when ${n} was acknowledged`)
    assert.deepEqual(await restored(t, folder, ms - 1), upTo.slice(0, -1), `just before ${n} was`)
  }
  assert.deepEqual(choose(folder, times[3]).ms, times[3])
})

test('a log that started over twice since it was shipped is refused: frames may be missing', async (t) => {
  const { insert, ship, copyAll } = await sceneFor(t)
  insert(1)
  ship()

  for (let n = 0; n < 2; n++) {
    insert(n)
    copyAll()
  }
  insert(3)

  assert.throws(() => ship(), LogBroken)
})

test('frames that are not what was shipped are refused: a commit that failed late is written over', async (t) => {
  const { insert, ship, shipment, database, clock } = await sceneFor(t)
  const file = String(database.location())
  const twin = fileFor(t)
  for (const end of ['', '-wal']) copyFileSync(`${file}${end}`, `${twin}${end}`)
  const other = new DatabaseSync(twin)
  t.after(() => other.close())
  other.exec('pragma wal_autocheckpoint = 0; insert into t values (2)')
  insert(1)
  ship()

  const log = openSync(`${twin}-wal`, 'r')
  t.after(() => closeSync(log))

  const pending = { marks: [], until: clock.ms() }
  assert.throws(() => shipLog(shipment, new LogReader(log), pending, clock), /not in the log any more/)
})

test('a shipment that is resumed from its folder goes on where it was', async (t) => {
  const { insert, ship, shipment, folder, database, clock } = await sceneFor(t)
  insert(1)
  ship()

  const resumed = Shipment.resume(shipment.generation)

  assert.deepEqual(resumed.to, shipment.to)
  insert(2)
  const log = openSync(`${String(database.location())}-wal`, 'r')
  shipLog(resumed, new LogReader(log), { marks: [], until: clock.ms() }, clock)
  closeSync(log)
  assert.deepEqual(await restored(t, folder), [1, 2])
})
