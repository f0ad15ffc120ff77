// How PostgreSQL writes what the standard leaves open.
import type { Storage } from '../../define/field.ts'
import type { Dialect, Facts } from '../contract.ts'

/** PostgreSQL, as facts. */
export const postgresFacts: Facts = Object.freeze({
  name: 'postgres',
  transactionalDdl: true,
  concurrentIndexes: true,
  manyProcesses: true,
  maxParameters: 65_535,
})

// Text is compared by its UTF-8 bytes, as SQLite does, so that order does not depend on the server's locale.
const COLUMN_TYPES: { readonly [storage in Storage]: string } = {
  uuid: 'uuid',
  text: 'text collate "C"',
  int: 'bigint',
  wide: 'bigint',
  bool: 'boolean',
  instant: 'timestamptz(3)',
  date: 'date',
}

// Without a precision: a finer instant must fail the column's check, not be rounded on the way there.
const CASTS: { readonly [storage in Storage]: string } = { ...COLUMN_TYPES, text: 'text', instant: 'timestamptz' }

// How far the log is written: it grows with every row and every commit, whichever process writes. A transaction's
// number would not do, because it is given when the transaction first writes: one that began early and then saw what a
// later one committed would come before its cause. A sequence would do too, and would be one more thing to migrate.
const ARRIVAL = "(pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"

/** PostgreSQL 13 and later. */
export const postgresDialect: Dialect = Object.freeze({
  placeholder: (index: number) => `$${index}`,
  typed: (index: number, storage: Storage) => `$${index}::${CASTS[storage]}`,
  columnType: (storage: Storage) => COLUMN_TYPES[storage],
  read: (column: string) => column,
  like: (subject: string, pattern: string) => `${subject} like ${pattern} escape '\\'`,
  likePattern: (pattern: string) => (endsInEscape(pattern) ? `${pattern}\\` : pattern),
  length: (column: string) => `char_length(${column})`,
  // PostgreSQL 15 has no "is json". The cast fails for what is none (22P02), which refuses the row all the same.
  isJson: (column: string) => `(${column}::json is not null)`,
  // The type refuses what is no date; this refuses 'infinity' and years the other engine cannot write in four digits.
  isDate: (column: string) => `(${column} between date '0001-01-01' and date '9999-12-31')`,
  forUpdate: 'for update',
  skipLocked: 'for update skip locked',
  forKeyShare: 'for key share',
  now: '(extract(epoch from clock_timestamp()) * 1000)::bigint',
  nullsFirst: 'nulls first',
  nullsLast: 'nulls last',
  arrival: () => ARRIVAL,
  logged: ARRIVAL,
})

// An escape with nothing to escape is an error of PostgreSQL (22025); it means itself.
function endsInEscape(pattern: string): boolean {
  const run = /\\*$/.exec(pattern)?.[0].length ?? 0
  return run % 2 === 1
}
