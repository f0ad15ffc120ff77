// What each engine can do with backups: copy what is there, put it back, and prove that it could be put back.
import type { Report } from './check_pieces.ts'

export interface CopyOptions {
  readonly folder: string
  readonly report: Report
}

export interface RestoreOptions {
  readonly folder: string
  /** A time (ms since 1970): everything acknowledged by then and nothing after. Undefined: the newest state. */
  readonly to: number | undefined
  /** Replace what is there. A database in use is never replaced. */
  readonly force: boolean
  readonly report: Report
}

export interface ProveOptions {
  readonly folder: string
  /** In a process of its own, at low priority: what a server does while it serves. Nothing is reported then. */
  readonly isApart: boolean
  readonly report: Report
}

/** What a restore gave. */
export interface Restored {
  /** The time whose state it is (ms). */
  readonly ms: number
  /** Where what was there before has been put. */
  readonly kept: string | undefined
}

/** What a trial restore found; with no problem there is a database to look further into. */
export interface Trial {
  readonly pieces: number
  readonly bytes: number
  /** The time whose state was restored (ms). */
  readonly ms: number | undefined
  /** Each names the piece, or the place in the database. */
  readonly problems: readonly string[]
  /** Address of the restored database. */
  readonly databaseUrl: string | undefined
  /** Removes it. */
  drop(): Promise<void>
}

/** Backups of one database. */
export interface Backups {
  /** Copies the database into the folder while it is served; answers where the copy is. */
  copy(options: CopyOptions): Promise<string>
  /** Fails with BackupError where the time or a piece is missing, or a database is there and `force` is not given. */
  restore(options: RestoreOptions): Promise<Restored>
  /** Checks every piece of the folder and restores the newest state beside the database. */
  prove(options: ProveOptions): Promise<Trial>
}
