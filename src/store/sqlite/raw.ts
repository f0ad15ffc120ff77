// Runs a statement of unknown result types: whole numbers come as they are, those beyond 2^53 as bigint.
import type { SQLInputValue } from 'node:sqlite'
import { assert } from '../../base/assert.ts'
import type { Stored } from '../../define/field.ts'
import type { RawRows, RawValue } from '../contract.ts'
import type { Connection } from './driver.ts'

/** Runs one statement on the connection. Fails with a StoreError, or with SQLite's own error for a wrong statement. */
export function runRaw(connection: Connection, text: string, values: readonly Stored[]): RawRows {
  return connection.guarded(() => {
    const handle = connection.database.prepare(text)
    assert(text.slice(handle.sourceSQL.length).trim() === '', `there must be one statement in: ${text}`)
    handle.setReadBigInts(true)
    handle.setReturnArrays(true)
    const columns = handle.columns().map(({ name }) => name)
    const bound = values as readonly SQLInputValue[] // booleans are bound as 1 and 0, which the types do not say
    if (columns.length === 0) return { columns, rows: [], changed: Number(handle.run(...bound).changes) }
    // setReturnArrays(true) makes rows arrays; no column of ours is a blob.
    const rows = handle.all(...bound) as unknown as RawValue[][]
    for (const row of rows) for (const [at, value] of row.entries()) row[at] = narrowed(value)
    return { columns, rows, changed: rows.length }
  })
}

function narrowed(value: RawValue): RawValue {
  if (typeof value !== 'bigint') return value
  return BigInt.asIntN(54, value) === value && value !== -(2n ** 53n) ? Number(value) : value
}
