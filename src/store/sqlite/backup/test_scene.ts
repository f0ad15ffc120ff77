// A database whose log is shipped by hand, piece by piece, at times the test decides.
import { closeSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { ownedClock, type OwnedClock } from '../../../base/clock.ts'
import { seededRandom } from '../../../base/random.ts'
import { fileFor } from '../test_store.ts'
import { LogReader } from './log_reader.ts'
import { endOfLog, shipLog, type SyncMark } from './ship_log.ts'
import { Shipment } from './shipment.ts'
import { writeSnapshot } from './snapshot.ts'

export interface Scene {
  readonly database: DatabaseSync
  readonly folder: string
  readonly shipment: Shipment
  readonly clock: OwnedClock
  readonly insert: (n: number) => void
  /** A checkpoint after which the next write starts the log over. */
  readonly copyAll: () => void
  readonly ship: (marks?: readonly SyncMark[], segmentBytes?: number) => void
  /** A mark of the log as it is now. */
  readonly mark: () => SyncMark
}

/** A database, and a generation of it that begins with a snapshot of the empty table. */
export async function sceneFor(t: TestContext): Promise<Scene> {
  const file = fileFor(t)
  const folder = join(dirname(file), 'backup')
  const clock = ownedClock('2026-08-01T00:00:00.000Z')
  const database = new DatabaseSync(file)
  database.exec(`pragma journal_mode = wal; pragma synchronous = 0; pragma wal_autocheckpoint = 0;
    create table t (n integer not null) strict`)
  const descriptor = openSync(`${file}-wal`, 'r')
  t.after(() => {
    closeSync(descriptor)
    database.close()
  })
  const reader = new LogReader(descriptor)
  const start = endOfLog(reader, 0)
  const shipment = Shipment.begin({ folder, database: file, at: clock.ms(), random: seededRandom(1), start })
  database.exec('begin; select * from t')
  const { round, frame } = start
  await writeSnapshot(database, {
    generation: shipment.generation,
    at: clock.ms(),
    place: { round, frame },
    segment: 0,
  })
  database.exec('commit')
  const noop = database.prepare('pragma wal_checkpoint(noop)')
  return {
    database,
    folder,
    shipment,
    clock,
    insert: (n) => database.exec(`insert into t values (${n})`),
    copyAll: () => void database.prepare('pragma wal_checkpoint(passive)').get(),
    ship: (marks = [], segmentBytes) => shipLog(shipment, reader, { marks, until: clock.ms() }, clock, segmentBytes),
    mark: () => ({ ms: clock.ms(), salts: reader.header()?.salts, frame: Number(noop.get()?.['log']) }),
  }
}
