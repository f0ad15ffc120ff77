// How SQLite writes what standard SQL leaves open.
import type { Storage } from '../../define/field.ts'
import type { Dialect, Facts } from '../contract.ts'

// STRICT tables know only text and integer. The comment says which of our classes is meant; SQLite keeps the text of
// `create table` and carries it through `alter table`, so introspection reads it back.
const TYPES: Readonly<Record<Storage, string>> = {
  uuid: 'text /* uuid */',
  text: 'text',
  int: 'integer',
  wide: 'integer /* wide */',
  bool: 'integer /* bool */',
  instant: 'text /* instant */',
  date: 'text /* date */',
}

/** What SQLite can do, for code that plans by facts. */
export const sqliteFacts: Facts = Object.freeze({
  name: 'sqlite',
  transactionalDdl: true,
  concurrentIndexes: false,
  manyProcesses: false,
  maxParameters: 32_766,
})

export const sqliteDialect: Dialect = Object.freeze({
  placeholder: (index: number): string => `?${index}`,
  typed,
  columnType: (storage: Storage): string => TYPES[storage],
  // A wide integer may exceed 2^53, which node:sqlite refuses to make a number of.
  read: (column: string, storage: Storage): string => (storage === 'wide' ? `cast(${column} as text)` : column),
  // GLOB minds case; LIKE does not, and only for ASCII.
  like: (subject: string, pattern: string): string => `${subject} glob ${pattern}`,
  likePattern,
  length: (column: string): string => `length(${column})`,
  isJson: (column: string): string => `json_valid(${column})`,
  isDate,
  forUpdate: '',
  skipLocked: '',
  forKeyShare: '',
  now: "cast(unixepoch('subsec') * 1000 as integer)",
  nullsFirst: 'nulls first',
  nullsLast: 'nulls last',
  logged: '0',
  // One more than the last of those that wait: one writer, so whoever is there came before. The index of both columns
  // answers it.
  arrival: (table: string): string =>
    `(select coalesce(max("arrival"), 0) + 1 from "${table}" where "position" is null)`,
})

// Numbers are bound as floating point and wide integers as text: in arithmetic and beside expressions without a
// column's affinity they must be integers. `+ 0` on a text beyond 64 bits gives a real, which STRICT columns refuse; a
// cast would clamp it in silence.
function typed(index: number, storage: Storage): string {
  if (storage === 'int') return `cast(?${index} as integer)`
  return storage === 'wide' ? `(?${index} + 0)` : `?${index}`
}

function likePattern(pattern: string): string {
  return pattern.replaceAll(/\\(.)|[%_*?[]/gsu, (found, escaped?: string) => {
    if (escaped !== undefined) return literal(escaped)
    if (found === '%') return '*'
    return found === '_' ? '?' : literal(found)
  })
}

const literal = (character: string): string => ('*?['.includes(character) ? `[${character}]` : character)

// `date()` corrects 2026-02-31 to March, so only a date equals itself. The pattern keeps out 'now', which is refused
// with an error of another kind. Null passes, as in every check.
function isDate(column: string): string {
  const looksRight = `${column} glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'`
  return `(${looksRight} and ${column} >= '0001-01-01' and date(${column}) is ${column})`
}
