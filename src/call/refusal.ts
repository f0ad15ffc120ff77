// What the database refused, in the words of the surface: which field, and what to do about it.
import { type FieldError, Problem } from '../base/pure/problem.ts'
import type { Noun } from '../define/noun.ts'
import { StoreError } from '../store/contract.ts'
import type { RowStore } from '../store/row_store.ts'

/** Runs a write and says what was refused as a problem; every other failure is thrown on. */
export async function refusing<T>(rows: RowStore, verb: 'write' | 'delete', work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StoreError) throw refusalOf(rows.noun, verb, error) ?? error
    throw error
  }
}

function refusalOf(noun: Noun, verb: 'write' | 'delete', error: StoreError): Problem | undefined {
  switch (error.failure) {
    case 'unique':
      return new Problem('conflict', 'Another row already has this value.', { errors: duplicates(noun, error), cause: error })
    case 'foreign_key':
      return verb === 'delete'
        ? new Problem('conflict', 'Other rows still refer to this one.', { cause: error })
        : new Problem('invalid', 'It refers to a row that is not there.', { cause: error })
    case 'check':
    case 'not_null':
      return new Problem('invalid', 'The values do not fit the constraints of the table.', { cause: error })
    default:
      return undefined
  }
}

function duplicates(noun: Noun, error: StoreError): FieldError[] {
  const fields = error.columns
    .map((column) => noun.fields.find((field) => field.column === column || field.keyColumn === column)?.name)
    .filter((name) => name !== undefined && name !== noun.tenant)
  return fields.map((name) => ({ pointer: `/${name}`, code: 'duplicate', message: 'Another row already has this value.' }))
}

/** What a failure of the engine itself is answered with; undefined for a fault of ours. */
export function outageOf(error: unknown): Problem | undefined {
  if (!(error instanceof StoreError)) return undefined
  const later = { headers: { 'Retry-After': '1' }, cause: error }
  switch (error.failure) {
    case 'full':
      return new Problem('storage_full', 'Nothing was written: the storage is full.', { cause: error })
    case 'busy':
    case 'serialization':
    case 'deadline':
      return new Problem('unavailable', 'Too much is going on at once; nothing was done. Try again.', later)
    case 'unavailable':
    case 'broken':
      return new Problem('unavailable', 'The database cannot be reached right now.', later)
    default:
      return undefined
  }
}
