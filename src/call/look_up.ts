// Reads single rows outside any transaction, in the name of the house: no rule is asked.
import type { Fields } from '../define/field.ts'
import type { Resource, Row } from '../define/resource.ts'
import type { Match } from '../define/tx.ts'
import { valuesOf } from './draft.ts'
import { findRows } from './find.ts'
import { type House, storeOf } from './house.ts'

/** A row by its id; undefined where there is none. */
export async function rowOf<N extends string, F extends Fields, O extends string>(
  house: House,
  noun: Resource<N, F, O>,
  id: string,
): Promise<Row<Resource<N, F, O>> | undefined> {
  const rows = storeOf(house, noun.name)
  const made = rows.readById({ seen: undefined, count: 1 })
  const found = await house.engine.query(made.statement, made.values({ ids: [id], caller: { id: null, tenant: null } }))
  const [row] = found
  // The layout of this noun makes exactly its row.
  return row && (valuesOf(house.sealing, rows, { row, items: [] }) as Row<Resource<N, F, O>>)
}

/** The first row that matches; undefined where none does. */
export async function rowBy<N extends string, F extends Fields, O extends string>(
  house: House,
  noun: Resource<N, F, O>,
  match: Match<Resource<N, F, O>>,
): Promise<Row<Resource<N, F, O>> | undefined> {
  const rows = storeOf(house, noun.name)
  const session = { all: house.engine.query.bind(house.engine) }
  const [row] = await findRows(rows, session, match, { limit: 1 })
  // The same.
  return row && (valuesOf(house.sealing, rows, { row, items: [] }) as Row<Resource<N, F, O>>)
}
