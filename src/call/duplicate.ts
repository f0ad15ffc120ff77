// A taken unique value: which ones, all of them, and the same on both engines, whichever index was asked first.
import { type FieldError, Problem } from '../base/pure/problem.ts'
import type { Stored } from '../define/field.ts'
import type { StoreError } from '../store/contract.ts'
import { fold } from '../base/pure/text.ts'
import { quote, valueAt } from '../store/layout.ts'
import type { RowStore, Whole } from '../store/row_store.ts'
import { Draft } from '../store/sql.ts'
import { comparedColumn } from '../store/tables.ts'
import type { House } from './house.ts'

/** Thrown inside the transaction, which is spoiled by then; `settle` asks once it is over. */
export class Duplicate extends Problem {
  readonly #rows: RowStore
  readonly #wholes: readonly Whole[]

  constructor(rows: RowStore, wholes: readonly Whole[], error: StoreError) {
    super('conflict', detail, { errors: reported(rows, error), cause: error })
    this.#rows = rows
    this.#wholes = wholes
  }

  /** The problem that names every unique key whose value is taken. What was freed meanwhile keeps the engine's word. */
  async settle(house: House): Promise<Problem> {
    const taken: string[] = []
    for (const names of this.#rows.noun.uniques) {
      for (const whole of this.#wholes) {
        if (await isTaken(house, this.#rows, names, whole)) taken.push(...names)
      }
    }
    if (taken.length === 0) return this
    return new Problem('conflict', detail, { errors: errorsOf([...new Set(taken)]), cause: this.cause })
  }
}

const detail = 'Another row already has this value.'

const errorsOf = (names: readonly string[]): FieldError[] =>
  names.map((name) => ({ pointer: `/${name}`, code: 'duplicate', message: detail }))

function reported({ noun }: RowStore, { columns }: StoreError): FieldError[] {
  const names = columns.map(
    (column) => noun.fields.find((field) => field.column === column || field.keyColumn === column)?.name,
  )
  return errorsOf(names.filter((name) => name !== undefined && name !== noun.tenant).map(String))
}

async function isTaken(house: House, rows: RowStore, names: readonly string[], { row }: Whole): Promise<boolean> {
  const { noun, layout, dialect } = rows
  const all = noun.tenant === undefined || names.includes(noun.tenant) ? names : [noun.tenant, ...names]
  const values = all.map((name) => comparedValue(rows, name, valueAt(layout, row, name)))
  if (values.includes(null)) return false // null is like nothing else, itself included
  const draft = new Draft<null>(dialect)
  const same = all.map((name, at) => {
    const storage = layout.columns[layout.at.get(name) ?? -1]?.storage ?? 'text'
    return `${quote(comparedColumn(noun, name))} = ${draft.slot(storage, () => values[at] ?? null)}`
  })
  const other = `"id" <> ${draft.slot('uuid', () => row[0] ?? null)}`
  const made = draft.finish(`select 1 from ${quote(layout.table)} where ${[...same, other].join(' and ')} limit 1`, [
    'int',
  ])
  return (await house.engine.query(made.statement, made.values(null))).length > 0
}

function comparedValue({ noun }: RowStore, name: string, value: Stored): Stored {
  const folded = noun.fields.find((field) => field.name === name)?.keyColumn !== undefined
  return folded && value !== null ? fold(String(value)) : value
}
