// What the database refused, in the words of the surface: which field, and what to do about it.
import { Problem } from '../base/pure/problem.ts'
import { StoreError } from '../store/contract.ts'
import type { RowStore, Whole } from '../store/row_store.ts'
import { mayNotLeave } from './confirm.ts'
import { Duplicate } from './duplicate.ts'

/** Runs a write and says what was refused as a problem; every other failure is thrown on. */
export async function refusing<T>(rows: RowStore, wholes: readonly Whole[], work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StoreError) throw refusalOf(rows, wholes, error) ?? error
    throw error
  }
}

/** Runs a delete; a row that others refer to is a conflict. */
export async function refusingDelete<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StoreError) || error.failure !== 'foreign_key') throw error
    throw new Problem('conflict', 'Other rows still refer to this one.', { cause: error })
  }
}

function refusalOf(rows: RowStore, wholes: readonly Whole[], error: StoreError): Problem | undefined {
  switch (error.failure) {
    case 'unique':
      return new Duplicate(rows, wholes, error)
    case 'foreign_key':
      return new Problem('invalid', 'It refers to a row that is not there.', { cause: error })
    case 'check':
    case 'not_null':
      return new Problem('invalid', 'The values do not fit the constraints of the table.', { cause: error })
    case 'denied':
      return mayNotLeave()
    default:
      return undefined
  }
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
    case 'broken':
    case 'unknown':
      return new Problem('unavailable', 'The database failed; whether this was done is not known.', later)
    case 'unavailable':
      return new Problem('unavailable', 'The database cannot be reached right now; nothing was done.', later)
    default:
      return undefined
  }
}
