// Applies the migration files: locked, step by step, each step written down, so that a crash anywhere is resumed.
import { type Clock, systemClock } from '../../base/clock.ts'
import type { Engine } from '../contract.ts'
import type { MigrationFile } from './file_format.ts'
import { readMigrations } from './files.ts'
import { ensureTable, type JournalRow, journalTable, noteEnd, notePosition, noteStart, readJournal } from './journal.ts'
import { lint } from './lint.ts'
import type { RunOptions } from './patience.ts'
import { olderProcesses, type Process } from './processes.ts'
import { runStep } from './run.ts'
import { stateOf } from './status.ts'
import type { Step } from './step.ts'

export interface ApplyOptions extends Pick<RunOptions, 'random' | 'wait'> {
  readonly clock?: Clock
  /** Called as each step begins and ends, and after every batch of rows. */
  readonly report?: (progress: Progress) => void
}

export interface Progress {
  readonly file: string
  readonly step: string
  readonly number: number
  readonly of: number
  readonly what: 'begins' | 'resumes' | 'batch' | 'done'
}

/** What was applied, and the contract that waits for older processes, if there is one. */
export interface Applied {
  readonly files: readonly string[]
  readonly waiting: { readonly file: string; readonly processes: readonly Process[] } | undefined
}

/** A folder of migrations that does not fit the database, or a statement no rule allows; nothing was run. */
export class MigrationBlocked extends Error {
  override readonly name = 'MigrationBlocked'
}

/**
 * Applies every pending step in order. Fails with MigrationBlocked before anything runs when a file was changed after
 * it was applied, is lost, or holds a refused statement; with StoreError 'busy' while another process migrates.
 */
export async function applyMigrations(engine: Engine, directory: string, options: ApplyOptions = {}): Promise<Applied> {
  return await engine.migrationLock(async () => {
    const files = await readMigrations(directory, engine.facts.name)
    const journal = await readJournal(engine)
    refuseMisfits(files, journal, engine)
    await ensureTable(engine, journalTable)
    const pending = files.filter((file) => stateOf(file, rowsOf(file, journal)).state !== 'done')
    if (pending.some((file) => file.steps.some(needsRoles(engine)))) await engine.security?.prepare()
    return await applyFiles(engine, pending, journal, options)
  })
}

async function applyFiles(
  engine: Engine,
  pending: readonly MigrationFile[],
  journal: readonly JournalRow[],
  options: ApplyOptions,
): Promise<Applied> {
  const applied: string[] = []
  for (const file of pending) {
    const processes =
      file.phase === 'contract' ? await olderProcesses(engine, file.oldest, options.clock ?? systemClock) : []
    if (processes.length > 0) return { files: applied, waiting: { file: titleOf(file), processes } }
    await applyFile(engine, file, rowsOf(file, journal), options)
    applied.push(titleOf(file))
  }
  return { files: applied, waiting: undefined }
}

async function applyFile(
  engine: Engine,
  file: MigrationFile,
  rows: readonly JournalRow[],
  options: ApplyOptions,
): Promise<void> {
  const clock = options.clock ?? systemClock
  for (const [at, step] of file.steps.entries()) {
    const row = rows.find((one) => one.step === at + 1)
    if (row?.state === 'done') continue
    const say = (what: Progress['what']): void =>
      options.report?.({ file: titleOf(file), step: step.name, number: at + 1, of: file.steps.length, what })
    say(row === undefined ? 'begins' : 'resumes')
    await engine.write({ name: `note ${step.name}`, isolation: 'locked' }, (tx) =>
      noteStart(tx, engine, file, at + 1, clock),
    )
    await runStep(engine, step, {
      ...options,
      ...(row?.position === undefined ? {} : { resume: row.position }),
      done: (tx) => noteEnd(tx, engine, file, at + 1, clock),
      saved: async (tx, position) => {
        await notePosition(tx, engine, file, at + 1, position)
        say('batch')
      },
    })
    say('done')
  }
}

function refuseMisfits(files: readonly MigrationFile[], journal: readonly JournalRow[], engine: Engine): void {
  const lost = journal.find((row) => !files.some((file) => file.number === row.number))
  if (lost !== undefined)
    throw new MigrationBlocked(`${lost.name} (${lost.number}) was applied here and is not in the folder: bring it back`)
  const reasons = files.flatMap((file) => misfits(file, rowsOf(file, journal), engine))
  if (reasons.length > 0) throw new MigrationBlocked(reasons.join('\n'))
}

function misfits(file: MigrationFile, rows: readonly JournalRow[], engine: Engine): string[] {
  const name = titleOf(file)
  const { state } = stateOf(file, rows)
  if (state === 'changed')
    return [`${name} was changed after it was applied: undo the change and write a new migration`]
  if (state === 'unsealed')
    return [`${name} does not have the checksum its header states: if the change is meant, seal it again`]
  if (state === 'done') return []
  return lint(file, engine.facts).map(
    ({ step, rule, reason, instead }) => `${name}, ${step} (${rule}): ${reason} ${instead}`,
  )
}

function needsRoles({ dialect }: Engine): (step: Step) => boolean {
  const places = Object.values(dialect.security?.roles ?? {})
  return ({ sql }) => sql.some((statement) => places.some((place) => statement.includes(place)))
}

const rowsOf = (file: MigrationFile, journal: readonly JournalRow[]): JournalRow[] =>
  journal.filter((row) => row.number === file.number)

/** The file's name without its ending. */
export const titleOf = (file: MigrationFile): string => `${String(file.number).padStart(4, '0')}_${file.name}`
