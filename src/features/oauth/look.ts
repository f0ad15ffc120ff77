// Reads rows outside any transaction, in the name of the house.
import { findRows } from '../../call/find.ts'
import { valuesOf } from '../../call/draft.ts'
import { type House, storeOf } from '../../call/house.ts'
import type { Fields } from '../../define/field.ts'
import type { Resource, Row } from '../../define/resource.ts'
import type { Match } from '../../define/tx.ts'

/** The first row that matches; undefined where none does. */
export async function lookFor<N extends string, F extends Fields, O extends string>(
  house: House,
  noun: Resource<N, F, O>,
  match: Match<Resource<N, F, O>>,
): Promise<Row<Resource<N, F, O>> | undefined> {
  const rows = storeOf(house, noun.name)
  const session = { all: house.engine.query.bind(house.engine) }
  const [row] = await findRows(rows, session, match, { limit: 1 })
  // The layout of this noun makes exactly its row.
  return row && (valuesOf(house.sealing, rows, { row, items: [] }) as Row<Resource<N, F, O>>)
}
