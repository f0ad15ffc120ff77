// The server's own proof: once a day it tries a restore of its backup, and says loudly when that fails.
import type { Clock } from '../base/clock.ts'
import { backupLimits } from '../base/limits.ts'
import type { Log } from '../base/log.ts'
import type { Keyring } from '../base/seal.ts'
import type { Runner } from '../call/feature.ts'
import type { Model } from '../define/model.ts'
import { BackupError } from '../store/backup/backup_error.ts'
import { generationsOf, proofOf, snapshotsOf } from '../store/backup/folder.ts'
import type { ProofHead } from '../store/backup/heads.ts'
import { readPiece } from '../store/backup/piece.ts'
import { verifyBackups, type Verification } from './verify_backups.ts'

export interface WatchOptions {
  readonly databaseUrl: string
  readonly folder: string
  readonly model: Model
  readonly keys: Keyring
  readonly rowSecurity: boolean
  readonly clock: Clock
  readonly log: Log
  /** How often it is looked whether a proof is due; from `backupLimits`. */
  readonly lookEveryMs?: number
}

/** Watches a folder. A proof is due when the last is a day old; without a snapshot there is nothing to prove yet. */
export function watchBackups(options: WatchOptions): Runner {
  const { clock } = options
  const state: { running: Promise<void> | undefined; notBefore: number } = { running: undefined, notBefore: 0 }
  const look = (): void => {
    if (state.running !== undefined || clock.ms() < state.notBefore || !isDue(options)) return
    state.notBefore = clock.ms() + backupLimits.proveAgainMs
    state.running = prove(options).finally(() => {
      state.running = undefined
    })
  }
  const timer = setInterval(look, options.lookEveryMs ?? backupLimits.lookEveryMs).unref()
  return {
    stop: async () => {
      clearInterval(timer)
      await state.running
    },
  }
}

function isDue({ folder, clock }: WatchOptions): boolean {
  if (!generationsOf(folder).some((generation) => snapshotsOf(generation).length > 0)) return false
  return clock.ms() - (lastProof(folder) ?? 0) >= backupLimits.proveEveryMs
}

// A proof that cannot be read is none.
function lastProof(folder: string): number | undefined {
  try {
    return readPiece<ProofHead>(proofOf(folder), 'proof').head.at
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    return undefined
  }
}

async function prove(options: WatchOptions): Promise<void> {
  const { log } = options
  try {
    // What retention removes while it is looked at is missing once, and not the second time.
    const first = await verifyBackups({ ...options, isApart: true, report: () => undefined })
    const last =
      first.problems.length === 0 ? first : await verifyBackups({ ...options, isApart: true, report: () => undefined })
    say(log, last)
  } catch (error) {
    log.error({ error }, 'The backup could not be tried.')
  }
}

function say(log: Log, { problems, pieces, bytes, ms }: Verification): void {
  if (problems.length > 0) log.error({ problems }, 'THE BACKUP DOES NOT RESTORE.')
  else
    log.info({ pieces, bytes, upTo: new Date(ms ?? 0).toISOString() }, 'The backup was restored for trial, and holds.')
}
