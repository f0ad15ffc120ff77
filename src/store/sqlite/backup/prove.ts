// Tries a restore: every piece is read, the newest state is built in a scratch directory and looked through.
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BackupError } from '../../backup/backup_error.ts'
import type { ProveOptions, Trial } from '../../backup/backups.ts'
import { checkPieces } from '../../backup/check_pieces.ts'
import { choose } from '../../backup/choose.ts'
import { inspectDatabase } from './inspect.ts'
import { rebuild } from './rebuild.ts'

/** What a trial found; `file` is the restored database in its scratch directory, which the caller removes. */
export interface Tried extends Omit<Trial, 'databaseUrl' | 'drop'> {
  readonly scratch: string
  readonly file: string | undefined
}

/** Problems are answered; only failures of the disk are thrown. */
export async function proveRestorable({ folder, report }: Omit<ProveOptions, 'isApart'>): Promise<Tried> {
  const scratch = mkdtempSync(join(tmpdir(), 'plinth-restore-'))
  const file = join(scratch, 'app.db')
  try {
    const checked = await checkPieces(folder, report)
    if (checked.problems.length > 0) return { ...checked, scratch, ms: undefined, file: undefined }
    const { ms, problems } = await tried(folder, file, report)
    return { ...checked, problems, ms, scratch, file: problems.length === 0 ? file : undefined }
  } catch (error) {
    await rm(scratch, { recursive: true, force: true })
    throw error
  }
}

async function tried(
  folder: string,
  file: string,
  report: ProveOptions['report'],
): Promise<{ ms: number | undefined; problems: readonly string[] }> {
  try {
    const choice = choose(folder)
    await rebuild(choice, file, report)
    return { ms: choice.ms, problems: inspectDatabase(file) }
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    return { ms: undefined, problems: [error.message] }
  }
}
