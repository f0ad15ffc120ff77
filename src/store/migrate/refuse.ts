// Changes that no sequence of steps makes safely, each with the reason and with what to declare instead.
import type { Catalog, Column, Table } from '../catalog.ts'
import type { Spelling } from './create.ts'
import { byName, type Change, diff, diffColumn } from './diff.ts'
import type { PlanOptions, Refusal } from './step.ts'

/** PostgreSQL cuts longer names silently, and two of them then collide. */
const nameBytes = 63

/** Everything of a difference that is refused; empty when the plan can be made. */
export function refusals(want: Catalog, have: Catalog, spelling: Spelling, options: PlanOptions): Refusal[] {
  const changes = diff(want, have, spelling.dialect)
  const there = byName(have.tables)
  return [
    ...want.tables.flatMap((table) => namesOf(table).filter(isTooLong).map(tooLong)),
    ...changes.flatMap((change) => refuse(change, there.get(change.table), spelling, options)),
  ]
}

function refuse(change: Change, before: Table | undefined, spelling: Spelling, options: PlanOptions): Refusal[] {
  switch (change.what) {
    case 'add column':
      return lacksValue(change.table, change.after, options) ? [requiredWithoutValue(change.table, change.after)] : []
    case 'change type':
      return canCast(change.after, change.before, spelling)
        ? []
        : [typeChange(change.table, change.before, change.after)]
    case 'change primary key':
      return [primaryKey(change.table)]
    case 'rename column':
      return before === undefined ? [] : refuseRename(change, before, spelling)
    default:
      return []
  }
}

function lacksValue(table: string, column: Column, { fill, empty }: PlanOptions): boolean {
  if (column.nullable || (column.default ?? null) !== null) return false
  return fill?.[`${table}.${column.name}`] === undefined && empty?.has(table) !== true
}

// One process, no readers beside it: a copy into text or a wider number loses nothing. Everything else could fail on a
// row or mean another value.
const canCast = (after: Column, before: Column, { facts }: Spelling): boolean =>
  !facts.manyProcesses && (after.storage === 'text' || (after.storage === 'wide' && before.storage === 'int'))

function refuseRename(
  change: Extract<Change, { what: 'rename column' }>,
  before: Table,
  spelling: Spelling,
): Refusal[] {
  const { table } = change
  if (before.primaryKey.includes(change.before.name) && spelling.facts.manyProcesses) return [primaryKey(table)]
  return diffColumn(table, change.after, change.before, spelling.dialect)
    .filter((inner) => inner.what === 'change type')
    .filter(() => !canCast(change.after, change.before, spelling))
    .map(() => typeChange(table, change.before, change.after))
}

const requiredWithoutValue = (table: string, column: Column): Refusal => ({
  rule: 'add-required-column',
  subject: `${table}.${column.name}`,
  reason: 'Rows that are there, and code of the version before, have no value for it.',
  instead:
    'Declare a default, or make it optional, or give the value for the rows that are there: ' +
    `fill "${table}.${column.name}".`,
})

const typeChange = (table: string, before: Column, after: Column): Refusal => ({
  rule: 'change-type',
  subject: `${table}.${before.name}`,
  reason:
    `From ${before.storage} to ${after.storage} every row is written anew while nobody can read the table, ` +
    'and code of the version before cannot read the result.',
  instead:
    'Declare a field of another name with the new type, fill it from the old one, and drop that in a later release.',
})

const primaryKey = (table: string): Refusal => ({
  rule: 'change-primary-key',
  subject: table,
  reason: 'Every reference and every cursor rests on it.',
  instead: 'Declare a resource of another name and move the rows.',
})

const tooLong = (name: string): Refusal => ({
  rule: 'identifier-length',
  subject: name,
  reason: `PostgreSQL cuts names after ${nameBytes} bytes, and two of them may then be one.`,
  instead: 'Declare a shorter name.',
})

const isTooLong = (name: string): boolean => Buffer.byteLength(name) > nameBytes

const namesOf = (table: Table): string[] =>
  [[table], table.columns, table.uniques, table.indexes, table.foreignKeys, table.checks].flatMap((things) =>
    things.map((one) => one.name),
  )
