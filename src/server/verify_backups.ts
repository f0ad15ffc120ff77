// Proves that the newest backup restores: every piece, the database built from them, and what must hold in its rows.
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Keyring } from '../base/seal.ts'
import type { Model } from '../define/model.ts'
import { proofOf } from '../store/backup/folder.ts'
import type { ProofHead } from '../store/backup/heads.ts'
import type { Report } from '../store/backup/check_pieces.ts'
import type { Session } from '../store/contract.ts'
import { writePiece } from '../store/backup/piece.ts'
import { backupsOf } from './backups.ts'
import { openEngine } from './engine.ts'
import { brokenInvariants } from './invariants.ts'

export interface Verification {
  readonly pieces: number
  readonly bytes: number
  /** The time whose state was restored (ms). */
  readonly ms: number | undefined
  /** Nothing where the backup holds. */
  readonly problems: readonly string[]
}

export interface VerifyOptions {
  readonly databaseUrl: string
  readonly folder: string
  readonly model: Model
  readonly keys: Keyring
  /** Is the database to keep the rules itself? */
  readonly rowSecurity: boolean
  readonly clock: Clock
  /** The restore in a process of its own; see ProveOptions. */
  readonly isApart: boolean
  readonly report: Report
  /** Hears errors alone: a trial waits between its statements on purpose, of which an engine warns. */
  readonly log: Log
}

/** Restores into scratch and removes it again; a proof is left in the folder where everything holds. */
export async function verifyBackups(options: VerifyOptions): Promise<Verification> {
  const { databaseUrl, folder, clock, isApart, report } = options
  const backups = await backupsOf(databaseUrl)
  const trial = await backups.prove({ folder, isApart, report })
  try {
    const broken = trial.databaseUrl === undefined ? [] : await lookInto(trial.databaseUrl, options)
    const problems = [...trial.problems, ...broken]
    const proof: ProofHead = { type: 'proof', at: clock.ms() }
    if (problems.length === 0) writePiece(proofOf(folder), proof)
    return { pieces: trial.pieces, bytes: trial.bytes, ms: trial.ms, problems }
  } finally {
    await trial.drop()
  }
}

async function lookInto(databaseUrl: string, options: VerifyOptions): Promise<string[]> {
  const { model, keys, rowSecurity, clock } = options
  const log = errorsOf(options.log)
  const engine = await openEngine({ databaseUrl, production: true, log })
  const session: Session = {
    all: async (statement, values) => {
      await turnOfTheLoop()
      return engine.query(statement, values)
    },
  }
  try {
    return await brokenInvariants({ engine, session, model, keys, rowSecurity, log, now: clock.ms() })
  } finally {
    await engine.close()
  }
}

const errorsOf = (log: Log): Log => ({ ...log, debug: nothing, info: nothing, warn: nothing })

const nothing = (): void => undefined
