// Copies a database into a backup folder from a process of its own, while another serves it.
import { existsSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../../../base/clock.ts'
import { systemRandom } from '../../../base/random.ts'
import { BackupError } from '../../backup/backup_error.ts'
import type { CopyOptions } from '../../backup/backups.ts'
import { beginGeneration, refuseForeign } from '../../backup/generation.ts'
import { writeSnapshot } from './snapshot.ts'

/** Waiting for the moment in which another process recovers the log. */
const busyMs = 5_000

/** Makes a generation of one snapshot. Fails with BackupError where there is no database. */
export async function copyDatabase(file: string, { folder, report }: CopyOptions): Promise<string> {
  if (!existsSync(file)) throw new BackupError(`there is no database ${file}`)
  refuseForeign(folder, file)
  const connection = new DatabaseSync(file, { readOnly: true, timeout: busyMs })
  let generation: string | undefined
  try {
    connection.exec('begin')
    connection.prepare('select count(*) from sqlite_schema').get()
    // After the first read: what the copy shows had been committed by now.
    const at = systemClock.ms()
    const head = { engine: 'sqlite', kind: 'copy', database: file, startedAt: at } as const
    generation = beginGeneration(folder, head, systemRandom).generation
    const place = { round: 0, frame: 0 }
    await writeSnapshot(connection, {
      generation,
      at,
      place,
      segment: 0,
      report: (done, of) => report(done, of, 'pages'),
    })
    return generation
  } catch (error) {
    if (generation !== undefined) rmSync(generation, { recursive: true, force: true })
    throw error
  } finally {
    connection.close()
  }
}
