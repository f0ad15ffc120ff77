// Turns SQLite's error codes into the failures both engines share.
import { StoreError, type StoreFailure } from '../contract.ts'

// https://www.sqlite.org/rescode.html; the low byte of an extended code is its primary code.
const CONSTRAINTS: Readonly<Record<number, StoreFailure>> = {
  275: 'check',
  787: 'foreign_key',
  1299: 'not_null',
  1555: 'unique', // primary key
  2067: 'unique',
  2579: 'unique', // rowid
}
const BUSY = 5
const LOCKED = 6
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26
// How `on delete restrict` refuses: SQLite makes a trigger of the rule.
const TRIGGER = 1811
// The shared memory could not grow: the disk is full, nothing was lost.
const IOERR_SHMSIZE = 4874

/** The extended result code of an error that node:sqlite threw; undefined for anything else. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode : undefined
}

/** What an error of SQLite means to both engines; any other error is answered as it is. */
export function storeError(error: unknown): unknown {
  const code = resultCode(error)
  if (code === undefined || !(error instanceof Error)) return error
  return new StoreError(failureOf(code, error.message), `${error.message} (${code})`, {
    ...named(error.message),
    cause: error,
  })
}

/**
 * True for an error that may hide a lost commit: a write or sync that failed, a damaged file. It is never tried again.
 * A full disk is none: the statement that met it was undone, and reads go on.
 */
export function isStorageFailure(error: unknown): boolean {
  const code = resultCode(error)
  if (code === undefined || code === IOERR_SHMSIZE) return false
  const primary = code & 0xff
  return primary === IOERR || primary === CORRUPT || primary === NOTADB
}

function failureOf(code: number, message: string): StoreFailure {
  if (code === IOERR_SHMSIZE) return 'full'
  const primary = code & 0xff
  if (primary === BUSY || primary === LOCKED) return 'busy'
  if (primary === FULL) return 'full'
  if (primary === CANTOPEN || primary === READONLY) return 'unavailable'
  if (code === TRIGGER && message === 'FOREIGN KEY constraint failed') return 'foreign_key'
  return CONSTRAINTS[code] ?? 'broken'
}

interface Named {
  constraint?: string
  table?: string
  columns?: readonly string[]
}

// The texts: `UNIQUE constraint failed: t.a, t.b` · `UNIQUE constraint failed: index 'i'` ·
// `NOT NULL constraint failed: t.a` · `CHECK constraint failed: name`.
function named(message: string): Named {
  const found = /^(UNIQUE|NOT NULL|CHECK) constraint failed: (.*)$/su.exec(message)
  const subject = found?.[2]
  if (subject === undefined) return {}
  if (found?.[1] === 'CHECK') return { constraint: subject }
  const index = /^index '(.*)'$/u.exec(subject)?.[1]
  if (index !== undefined) return { constraint: index }
  const pairs = subject.split(', ').map((pair) => pair.split('.'))
  return { table: pairs[0]?.[0] ?? '', columns: pairs.map((pair) => pair[1] ?? '') }
}
