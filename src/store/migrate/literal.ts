// Names and constants as SQL text, for tables, defaults and checks; values of requests are bound, never written here.
import { createHash } from 'node:crypto'
import { assert } from '../../base/assert.ts'
import type { Storage, Stored } from '../../define/field.ts'
import type { Dialect } from '../contract.ts'

/** A name in double quotes. Fails for names that no Plinth table, column or constraint could have. */
export function quoted(name: string): string {
  assert(!name.includes('\0') && name !== '', 'a name in SQL is not empty and holds no NUL')
  return `"${name.replaceAll('"', '""')}"`
}

/** Names in double quotes, separated by commas. */
export const quotedList = (names: readonly string[]): string => names.map(quoted).join(', ')

/** A name made here that fits PostgreSQL's 63 bytes: a long one keeps its start and a hash of the whole. */
export function fitted(name: string): string {
  if (name.length <= 63) return name
  return `${name.slice(0, 54)}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}

/** A text in single quotes. */
export function quotedText(text: string): string {
  assert(!text.includes('\0'), 'PostgreSQL cannot store NUL in a text')
  return `'${text.replaceAll("'", "''")}'`
}

/** A constant of a column's storage class, as that engine writes it. */
export function literal(value: Stored, storage: Storage, dialect: Dialect): string {
  if (value === null) return 'null'
  if (storage === 'bool') return truth(value, dialect)
  if (storage === 'int' || storage === 'wide') {
    assert(/^-?\d{1,19}$/.test(String(value)), `"${value}" is not a whole number`)
    return String(value)
  }
  assert(typeof value === 'string', `a constant of class ${storage} is text`)
  return quotedText(value)
}

// Where truth is stored as an integer, `true` may not be written into a STRICT table's default on every version.
function truth(value: Stored, dialect: Dialect): string {
  const isTrue = value === true || value === 1 || value === '1' || value === 'true'
  if (dialect.columnType('bool').toLowerCase().startsWith('bool')) return isTrue ? 'true' : 'false'
  return isTrue ? '1' : '0'
}
