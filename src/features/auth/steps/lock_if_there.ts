// A row that somebody else may be taking away: locked, or not there any more.
import { Problem } from '../../../base/pure/problem.ts'
import type { Fields } from '../../../define/field.ts'
import type { Id } from '../../../define/infer.ts'
import type { Resource, Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'

/** Locks the row; undefined where it is gone. */
export async function lockIfThere<N extends string, F extends Fields, O extends string>(
  tx: Tx,
  noun: Resource<N, F, O>,
  id: Id<NoInfer<N>>,
): Promise<Row<Resource<N, F, O>> | undefined> {
  try {
    return await tx.lock(noun, id)
  } catch (error) {
    if (error instanceof Problem && error.code === 'not_found') return undefined
    throw error
  }
}
