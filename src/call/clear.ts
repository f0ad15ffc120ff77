// Takes away rows that are past their time, some at a time.
import type { Fields } from '../define/field.ts'
import type { AnyResource, Resource } from '../define/resource.ts'
import type { Match, Tx } from '../define/tx.ts'

/** Deletes at most so many of the rows that match; answers how many. */
export function clear<N extends string, F extends Fields, O extends string>(
  tx: Tx,
  noun: Resource<N, F, O>,
  match: Match<Resource<N, F, O>>,
  most: number,
): Promise<number>
export async function clear(tx: Tx, noun: AnyResource, match: Match<AnyResource>, most: number): Promise<number> {
  const rows = await tx.find(noun, match, { limit: most })
  for (const { id } of rows) await tx.delete(noun, id)
  return rows.length
}
