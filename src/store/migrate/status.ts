// Where a database stands among the migration files: applied, begun, waiting, changed or lost.
import type { Engine } from '../contract.ts'
import type { MigrationFile } from './file_format.ts'
import { readMigrations } from './files.ts'
import { type JournalRow, readJournal } from './journal.ts'

export interface MigrationState {
  readonly number: number
  readonly name: string
  readonly phase: MigrationFile['phase'] | undefined
  /** `changed`: the file is not the one that was applied. `lost`: it was applied and is not in the folder. */
  readonly state: 'done' | 'begun' | 'pending' | 'changed' | 'unsealed' | 'lost'
  readonly stepsDone: number
  readonly steps: number
  /** When its last step ended, as an instant. */
  readonly finished: string | undefined
}

/** Every migration of the folder and of the database, by number. */
export async function migrationStatus(engine: Engine, directory: string): Promise<MigrationState[]> {
  const [files, journal] = [await readMigrations(directory, engine.facts.name), await readJournal(engine)]
  const known = new Set(files.map((file) => file.number))
  const lost = [...new Set(journal.map((row) => row.number))].filter((number) => !known.has(number))
  const states = [
    ...files.map((file) =>
      stateOf(
        file,
        journal.filter((row) => row.number === file.number),
      ),
    ),
    ...lost.map((number) =>
      lostState(
        number,
        journal.filter((row) => row.number === number),
      ),
    ),
  ]
  return states.toSorted((one, other) => one.number - other.number)
}

/** Where one file stands, by its rows of the journal. */
export function stateOf(file: MigrationFile, rows: readonly JournalRow[]): MigrationState {
  const done = rows.filter((row) => row.state === 'done')
  const { number, name, phase } = file
  const finished = done.at(-1)?.finished
  return {
    number,
    name,
    phase,
    stepsDone: done.length,
    steps: file.steps.length,
    finished,
    state: wordFor(file, rows, done.length),
  }
}

function wordFor(file: MigrationFile, rows: readonly JournalRow[], done: number): MigrationState['state'] {
  if (rows.some((row) => row.checksum !== file.checksum || row.name !== file.name)) return 'changed'
  if (file.stated !== file.checksum) return 'unsealed'
  if (rows.length === 0) return 'pending'
  return done === file.steps.length ? 'done' : 'begun'
}

function lostState(number: number, rows: readonly JournalRow[]): MigrationState {
  const stepsDone = rows.filter((row) => row.state === 'done').length
  const name = rows[0]?.name ?? ''
  return {
    number,
    name,
    phase: undefined,
    state: 'lost',
    stepsDone,
    steps: rows.length,
    finished: rows.at(-1)?.finished,
  }
}
