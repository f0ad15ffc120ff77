// A table made anew with its rows, where SQLite's ALTER TABLE cannot say the change (its documentation, "12 steps").
import type { Column, ForeignKey, Table } from '../catalog.ts'
import { createIndexes, createTable } from './create.ts'
import { byName, type Change, sameType } from './diff.ts'
import { fitted, literal, quoted, quotedList } from './literal.ts'
import type { Scene } from './scene.ts'

/** ALTER TABLE of SQLite 3.53 changes NOT NULL and checks; types, defaults and foreign keys need the table anew. */
export function needsRebuild(changes: readonly Change[], before: Table, scene: Scene): boolean {
  const inline = new Set(inlineKeys(changes).map((key) => key.name))
  return changes.some((change) => {
    if (change.what === 'add foreign key') return !inline.has(change.after.name)
    if (change.what === 'change nullability') return change.after.nullable && isMarked(change.after, scene)
    if (change.what === 'drop column') return isInKey(before, change.before.name)
    if (change.what === 'add column') return lacksValue(change.after, change.table, scene)
    return rebuilt.has(change.what)
  })
}

const rebuilt: ReadonlySet<Change['what']> = new Set([
  'change type',
  'change default',
  'change primary key',
  'drop foreign key',
  'change foreign key',
])

/** Foreign keys that ADD COLUMN can bring along: of one new column that is null in every row that is there. */
export function inlineKeys(changes: readonly Change[]): ForeignKey[] {
  const added = changes.filter((change) => change.what === 'add column').map((change) => change.after)
  const isNew = (name: string | undefined): boolean =>
    added.some((column) => column.name === name && column.nullable && (column.default ?? null) === null)
  const keys = changes.filter((change) => change.what === 'add foreign key').map((change) => change.after)
  return keys.filter((key) => key.columns.length === 1 && isNew(key.columns[0]))
}

// DROP NOT NULL takes the comment before it along, and with it the class of the column.
const isMarked = (column: Column, { spelling }: Scene): boolean =>
  spelling.dialect.columnType(column.storage).includes('/*')

const isInKey = (table: Table, column: string): boolean => table.foreignKeys.some((key) => key.columns.includes(column))

// ADD COLUMN … NOT NULL wants a default; where the value is for the rows that are there only, the copy writes it.
const lacksValue = (column: Column, table: string, { fill }: Scene): boolean =>
  !column.nullable && (column.default ?? null) === null && fill[`${table}.${column.name}`] !== undefined

/** Create, copy, drop, rename, index; run with foreign keys off and checked as a whole before the commit. */
export function rebuild(before: Table, after: Table, scene: Scene): string[] {
  const next = fitted(`_plinth_next_${after.name}`)
  const columns = quotedList(after.columns.map((column) => column.name))
  const values = after.columns.map((column) => copied(column, before, after.name, scene)).join(', ')
  return [
    `drop table if exists ${quoted(next)}`,
    createTable(after, scene.spelling, next),
    `insert into ${quoted(next)} (${columns}) select ${values} from ${quoted(before.name)}`,
    `drop table ${quoted(before.name)}`,
    `alter table ${quoted(next)} rename to ${quoted(after.name)}`,
    ...createIndexes(after, scene.spelling),
  ]
}

// Every value of the old row, as its new column stores it.
function copied(column: Column, before: Table, table: string, scene: Scene): string {
  const { dialect } = scene.spelling
  const value = column.default ?? scene.fill[`${table}.${column.name}`] ?? null
  const constant = literal(value, column.storage, dialect)
  const old = byName(before.columns).get(column.name)
  if (old === undefined) return constant
  const name = quoted(column.name)
  const cast = sameType(column, old, dialect) ? name : `cast(${name} as ${dialect.columnType(column.storage)})`
  return column.nullable || !old.nullable || value === null ? cast : `coalesce(${cast}, ${constant})`
}
