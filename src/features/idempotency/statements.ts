// The statements over remembered answers: each is one, because every call with a key pays for them.
import { keyLimits } from '../../base/limits.ts'
import type { Stored } from '../../define/field.ts'
import { type House, storeOf } from '../../call/house.ts'
import { quote } from '../../store/layout.ts'
import type { RowStore } from '../../store/row_store.ts'
import { Draft, type Prepared } from '../../store/sql.ts'
import { answers } from './answers.ts'

/** A row to be inserted. */
export interface NewAnswer {
  readonly id: string
  readonly hash: string
  readonly subject: string | null
  readonly sealed: string
  /** An instant as it is stored. */
  readonly at: string
}

export interface Statements {
  readonly rows: RowStore
  /** By hash: id, sealed, created_at. */
  readonly find: Prepared<string>
  /** Answers the id of the row that was made; nothing where another of the hash is there. */
  readonly keep: Prepared<NewAnswer>
  /** Deletes rows made before the id, some at once, oldest first; answers their ids. */
  readonly sweep: Prepared<string>
}

const made = new WeakMap<RowStore, Statements>()

/** The statements of a house, made once. */
export function statementsOf(house: House): Statements {
  const rows = storeOf(house, answers.name)
  const known = made.get(rows) ?? { rows, find: findBy(rows), keep: keepIn(rows), sweep: sweepOf(rows) }
  made.set(rows, known)
  return known
}

const table = quote(answers.name)

function findBy({ dialect }: RowStore): Prepared<string> {
  const draft = new Draft<string>(dialect)
  const hash = draft.slot('text', (one) => one)
  const at = dialect.read('"created_at"', 'instant')
  return draft.finish(`select "id", "sealed", ${at} from ${table} where "hash" = ${hash}`, ['uuid', 'text', 'instant'])
}

function keepIn({ dialect }: RowStore): Prepared<NewAnswer> {
  const draft = new Draft<NewAnswer>(dialect)
  const text = (from: (row: NewAnswer) => Stored): string => draft.slot('text', from)
  const instant = (): string => draft.slot('instant', ({ at }) => at)
  const values = [
    draft.slot('uuid', ({ id }) => id),
    text(({ hash }) => hash),
    text(({ subject }) => subject),
    text(({ sealed }) => sealed),
    instant(),
    instant(),
  ]
  const into = `insert into ${table} ("id", "hash", "subject", "sealed", "created_at", "updated_at")`
  return draft.finish(`${into} values (${values.join(', ')}) on conflict ("hash") do nothing returning "id"`, ['uuid'])
}

function sweepOf({ dialect }: RowStore): Prepared<string> {
  const draft = new Draft<string>(dialect)
  const before = draft.slot('uuid', (id) => id)
  const oldest = `select "id" from ${table} where "id" < ${before} order by "id" limit ${keyLimits.sweepRows}`
  return draft.finish(`delete from ${table} where "id" in (${oldest}) returning "id"`, ['uuid'])
}
