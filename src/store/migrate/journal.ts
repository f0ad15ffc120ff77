// What has been applied: a row for each step, written in the transaction of the step itself.
import type { Clock } from '../../base/clock.ts'
import type { Table } from '../catalog.ts'
import type { Engine, Statement, Transaction } from '../contract.ts'
import { createTable } from './create.ts'
import type { MigrationFile } from './file_format.ts'
import { runStep } from './run.ts'

/** A step as the journal knows it. Times are instants; `position` is how far an interrupted backfill came. */
export interface JournalRow {
  readonly number: number
  readonly step: number
  readonly name: string
  readonly checksum: string
  readonly state: 'running' | 'done'
  readonly position: string | undefined
  readonly started: string
  readonly finished: string | undefined
}

const required = { nullable: false, default: undefined } as const
const optional = { nullable: true, default: undefined } as const

/** The journal's table. */
export const journalTable: Table = {
  name: '_plinth_migrations',
  columns: [
    { name: 'id', storage: 'int', ...required },
    { name: 'step', storage: 'int', ...required },
    { name: 'name', storage: 'text', ...required },
    { name: 'checksum', storage: 'text', ...required },
    { name: 'state', storage: 'text', ...required },
    { name: 'position', storage: 'text', ...optional },
    { name: 'started', storage: 'instant', ...required },
    { name: 'finished', storage: 'instant', ...optional },
  ],
  primaryKey: ['id', 'step'],
  uniques: [],
  indexes: [],
  foreignKeys: [],
  checks: [],
}

/** Makes a table of Plinth's own when it is not there. */
export async function ensureTable(engine: Engine, table: Table): Promise<void> {
  const { tables } = await engine.introspect()
  if (tables.some(({ name }) => name === table.name)) return
  const sql = [createTable(table, engine)]
  await runStep(engine, {
    name: `create ${table.name}`,
    phase: 'expand',
    rule: 'add-table',
    sql,
    transaction: true,
    safe: true,
    oldest: '*',
  })
}

/** Every row, in the order the steps ran. */
export async function readJournal(engine: Engine): Promise<JournalRow[]> {
  const { tables } = await engine.introspect()
  if (!tables.some(({ name }) => name === journalTable.name)) return []
  const columns = journalTable.columns.map(({ name, storage }) => engine.dialect.read(`"${name}"`, storage)).join(', ')
  const text = `select ${columns} from "${journalTable.name}" order by "id", "step"`
  const rows = await engine.query({ text, reads: journalTable.columns.map(({ storage }) => storage) }, [])
  return rows.map(([number, step, name, checksum, state, position, started, finished]) => ({
    number: Number(number),
    step: Number(step),
    name: String(name),
    checksum: String(checksum),
    state: state === 'done' ? 'done' : 'running',
    position: typeof position === 'string' ? position : undefined,
    started: String(started),
    finished: typeof finished === 'string' ? finished : undefined,
  }))
}

/** Notes that a step begins; keeps the first beginning when it begins again. */
export async function noteStart(
  tx: Transaction,
  engine: Engine,
  file: MigrationFile,
  step: number,
  clock: Clock,
): Promise<void> {
  const { dialect } = engine
  const names = ['id', 'step', 'name', 'checksum', 'state', 'started'] as const
  const values = names.map((_, at) => dialect.typed(at + 1, at < 2 ? 'int' : at === 5 ? 'instant' : 'text')).join(', ')
  const quotedNames = names.map((name) => `"${name}"`).join(', ')
  const insert = `insert into "${journalTable.name}" (${quotedNames}) values (${values})`
  const text = `${insert} on conflict ("id", "step") do nothing`
  await tx.all(statement(text), [file.number, step, file.name, file.checksum, 'running', clock.now().toISOString()])
}

/** Notes how far a backfill came. */
export async function notePosition(
  tx: Transaction,
  engine: Engine,
  file: MigrationFile,
  step: number,
  position: string,
): Promise<void> {
  const { dialect } = engine
  const where = `"id" = ${dialect.typed(2, 'int')} and "step" = ${dialect.typed(3, 'int')}`
  const text = `update "${journalTable.name}" set "position" = ${dialect.typed(1, 'text')} where ${where}`
  await tx.all(statement(text), [position, file.number, step])
}

/** Notes that a step is done. */
export async function noteEnd(
  tx: Transaction,
  engine: Engine,
  file: MigrationFile,
  step: number,
  clock: Clock,
): Promise<void> {
  const { dialect } = engine
  const where = `"id" = ${dialect.typed(2, 'int')} and "step" = ${dialect.typed(3, 'int')}`
  const set = `"state" = 'done', "finished" = ${dialect.typed(1, 'instant')}`
  const text = `update "${journalTable.name}" set ${set} where ${where}`
  await tx.all(statement(text), [clock.now().toISOString(), file.number, step])
}

const statement = (text: string): Statement => ({ text, reads: [] })
