// Names the columns of a violated constraint: PostgreSQL reports its name only, callers need the fields.
import { StoreError, type Rows, type Statement } from '../contract.ts'
import type { Stored } from '../../define/field.ts'
import type { Explain } from './transaction.ts'

// A unique index need not be a constraint; a constraint's own index has its name, so the union finds it once.
const COLUMNS: Statement = Object.freeze({
  text: `
    select a.attname::text, k.position
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_namespace n on n.oid = c.relnamespace
    cross join lateral unnest(i.indkey) with ordinality k (attnum, position)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
    where c.relname = $1 and n.nspname = 'public' and k.position <= i.indnkeyatts
    union all
    select a.attname::text, k.position
    from pg_constraint f
    join pg_class c on c.oid = f.conrelid
    join pg_namespace n on n.oid = c.relnamespace
    cross join lateral unnest(f.conkey) with ordinality k (attnum, position)
    join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.attnum
    where f.conname = $1 and n.nspname = 'public' and f.contype in ('f', 'c') and c.relname = $2
    order by 2`,
  reads: ['text', 'int'] as const,
})

// A schema has fewer; dropped whole when it has not, because a miss costs one small query.
const MOST = 1_000

/** Makes the function that completes a failure with its columns; a failure it cannot complete stays as it is. */
export function explainWith(query: (statement: Statement, values: readonly Stored[]) => Promise<Rows>): Explain {
  const known = new Map<string, readonly string[]>()
  return (violation) => {
    const { constraint, table } = violation
    if (constraint === undefined || table === undefined || violation.columns.length > 0) return violation
    const columns = known.get(`${table}.${constraint}`)
    if (columns !== undefined) return withColumns(violation, columns)
    const found = query(COLUMNS, [constraint, table]).then((rows) => {
      if (known.size >= MOST) known.clear()
      const names = rows.map((row) => String(row[0]))
      known.set(`${table}.${constraint}`, names)
      return withColumns(violation, names)
    })
    // The violation is what the caller must hear of; that its columns could not be looked up must not hide it.
    return found.catch(() => violation)
  }
}

function withColumns(error: StoreError, columns: readonly string[]): StoreError {
  const { failure, message, constraint, table } = error
  const named = { ...(constraint === undefined ? {} : { constraint }), ...(table === undefined ? {} : { table }) }
  return new StoreError(failure, message, { ...named, columns })
}
