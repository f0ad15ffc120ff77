// Puts a database back from a backup folder: built beside its place, looked through, and only then moved there.
import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemClock } from '../../../base/clock.ts'
import { BackupError } from '../../backup/backup_error.ts'
import type { Restored, RestoreOptions } from '../../backup/backups.ts'
import { choose } from '../../backup/choose.ts'
import { makeDirectory, syncDirectory } from '../../directory.ts'
import { takeOwnerLock } from '../lock.ts'
import { inspectDatabase } from './inspect.ts'
import { removeMarker } from './marker.ts'
import { rebuild } from './rebuild.ts'

/** What belongs to a database file and must not be left for another one. */
const companions = ['', '-wal', '-shm']

/** Restores into `file`. Fails with busy while a process has it; see Backups for the rest. */
export async function restoreDatabase(file: string, options: RestoreOptions): Promise<Restored> {
  const choice = choose(options.folder, options.to)
  makeDirectory(dirname(file))
  const lock = takeOwnerLock(file)
  try {
    const isThere = companions.some((end) => existsSync(`${file}${end}`))
    if (isThere && !options.force) {
      throw new BackupError(
        `${file} is there already; with --force it is put aside and the restored one takes its place`,
      )
    }
    const draft = `${file}.restoring`
    await built(draft, () => rebuild(choice, draft, options.report))
    const kept = isThere ? putAside(file) : undefined
    removeMarker(file)
    renameSync(draft, file)
    syncDirectory(dirname(file))
    return { ms: choice.ms, kept }
  } finally {
    lock.release()
  }
}

async function built(draft: string, work: () => Promise<void>): Promise<void> {
  const remove = (): void => {
    for (const end of companions) rmSync(`${draft}${end}`, { force: true })
  }
  remove()
  try {
    await work()
    const [problem] = inspectDatabase(draft)
    if (problem !== undefined) throw new BackupError(`the restored database is not whole: ${problem}`)
  } catch (error) {
    remove()
    throw error
  }
}

// The database first: a log without its database is thrown away by SQLite, a database without its log is used.
function putAside(file: string): string {
  const aside = `${file}.before-restore-${systemClock.now().toISOString().replaceAll(/[-:.]/g, '')}`
  for (const end of companions) {
    if (existsSync(`${file}${end}`)) renameSync(`${file}${end}`, `${aside}${end}`)
  }
  return aside
}
