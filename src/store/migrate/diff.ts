// The difference between two sets of tables, as a list of changes; says nothing yet about how or when they are safe.
import type { Catalog, Column, ForeignKey, Index, Table, TableCheck } from '../catalog.ts'
import type { Dialect } from '../contract.ts'
import { literal } from './literal.ts'
import { diffFunctions, diffSecurity, type SecurityChange } from './row_security.ts'

interface At {
  readonly table: string
}

/** One difference. `before` is what the database has, `after` what the model wants. */
export type Change =
  | (At & { readonly what: 'add table'; readonly after: Table })
  | (At & { readonly what: 'drop table'; readonly before: Table })
  | (At & { readonly what: 'add column'; readonly after: Column })
  | (At & { readonly what: 'drop column'; readonly before: Column })
  | (At & { readonly what: 'rename column'; readonly before: Column; readonly after: Column })
  | (At & { readonly what: 'change type'; readonly before: Column; readonly after: Column })
  | (At & { readonly what: 'change default'; readonly before: Column; readonly after: Column })
  | (At & { readonly what: 'change nullability'; readonly before: Column; readonly after: Column })
  | (At & {
      readonly what: 'change primary key'
      readonly before: readonly string[]
      readonly after: readonly string[]
    })
  | (At & { readonly what: 'add index'; readonly after: Index; readonly unique: boolean })
  | (At & { readonly what: 'drop index'; readonly before: Index; readonly unique: boolean })
  | (At & { readonly what: 'change index'; readonly before: Index; readonly after: Index; readonly unique: boolean })
  | (At & { readonly what: 'add foreign key'; readonly after: ForeignKey })
  | (At & { readonly what: 'drop foreign key'; readonly before: ForeignKey })
  | (At & { readonly what: 'change foreign key'; readonly before: ForeignKey; readonly after: ForeignKey })
  | (At & { readonly what: 'prove constraint'; readonly after: ForeignKey | TableCheck })
  | (At & { readonly what: 'add check'; readonly after: TableCheck })
  | (At & { readonly what: 'drop check'; readonly before: TableCheck })
  | SecurityChange

/** Tables Plinth keeps for itself; they are compared only when the model asks for them. */
export const isOwnTable = (name: string): boolean => name.startsWith('_plinth_')

/** What must change so that `have` becomes `want`. A rename is seen only where a column's `was` declares it. */
export function diff(want: Catalog, have: Catalog, dialect: Dialect): Change[] {
  const there = byName(have.tables)
  const wanted = byName(want.tables)
  return [
    ...want.tables.flatMap((after): Change[] => {
      const before = there.get(after.name)
      return before === undefined
        ? [{ what: 'add table', table: after.name, after }]
        : diffTable(after, before, dialect)
    }),
    ...have.tables
      .filter((before) => !wanted.has(before.name) && !isOwnTable(before.name))
      .map((before): Change => ({ what: 'drop table', table: before.name, before })),
    ...diffFunctions(want, have),
  ]
}

function diffTable(after: Table, before: Table, dialect: Dialect): Change[] {
  return [
    ...diffColumns(after, before, dialect),
    ...diffPrimaryKey(after, before),
    ...diffIndexes(after.name, after.uniques, before.uniques, true),
    ...diffIndexes(after.name, after.indexes, before.indexes, false),
    ...diffForeignKeys(after, before),
    ...diffChecks(after, before),
    ...diffSecurity(after, before.security),
  ]
}

function diffColumns(after: Table, before: Table, dialect: Dialect): Change[] {
  const table = after.name
  const there = byName(before.columns)
  const renamed = new Set<string>()
  const changes = after.columns.flatMap((column): Change[] => {
    const same = there.get(column.name)
    if (same !== undefined) return diffColumn(table, column, same, dialect)
    const old = renamedFrom(column, after, there)
    if (old === undefined) return [{ what: 'add column', table, after: column }]
    renamed.add(old.name)
    return [{ what: 'rename column', table, before: old, after: column }]
  })
  const wanted = byName(after.columns)
  const dropped = before.columns.filter((column) => !wanted.has(column.name) && !renamed.has(column.name))
  return [...changes, ...dropped.map((column): Change => ({ what: 'drop column', table, before: column }))]
}

// A column that still is in the model under its old name was not renamed, whatever `was` says.
function renamedFrom(column: Column, after: Table, there: ReadonlyMap<string, Column>): Column | undefined {
  if (column.was === undefined || after.columns.some((one) => one.name === column.was)) return undefined
  return there.get(column.was)
}

/** What differs between two columns, whatever their names. */
export function diffColumn(table: string, after: Column, before: Column, dialect: Dialect): Change[] {
  const changes: Change[] = []
  if (!sameType(after, before, dialect)) changes.push({ what: 'change type', table, before, after })
  if (!sameDefault(after, before, dialect)) changes.push({ what: 'change default', table, before, after })
  if (after.nullable !== before.nullable) changes.push({ what: 'change nullability', table, before, after })
  return changes
}

/** Equal as the engine writes them: PostgreSQL keeps a wide integer and a number alike. */
export const sameType = (after: Column, before: Column, dialect: Dialect): boolean =>
  before.type === undefined && dialect.columnType(after.storage) === dialect.columnType(before.storage)

/** Equal as the engine would write them; no default and `default null` are one thing. */
export function sameDefault(after: Column, before: Column, dialect: Dialect): boolean {
  const spelled = (column: Column): string => literal(column.default ?? null, after.storage, dialect)
  if (!sameType(after, before, dialect)) return after.default === before.default
  return spelled(after) === spelled(before)
}

function diffPrimaryKey(after: Table, before: Table): Change[] {
  if (sameNames(after.primaryKey, before.primaryKey)) return []
  return [{ what: 'change primary key', table: after.name, before: before.primaryKey, after: after.primaryKey }]
}

function diffIndexes(table: string, after: readonly Index[], before: readonly Index[], unique: boolean): Change[] {
  return diffNamed<Index>(after, before, {
    added: (one) => ({ what: 'add index', table, after: one, unique }),
    dropped: (one) => ({ what: 'drop index', table, before: one, unique }),
    changed: (one, old) => {
      // What an interrupted build left is nothing yet: adding it again clears it away first.
      if (old.invalid === true && one.invalid !== true) return [{ what: 'add index', table, after: one, unique }]
      return sameNames(one.columns, old.columns)
        ? []
        : [{ what: 'change index', table, before: old, after: one, unique }]
    },
  })
}

function diffForeignKeys({ name: table, foreignKeys: after }: Table, { foreignKeys: before }: Table): Change[] {
  return diffNamed<ForeignKey>(after, before, {
    added: (one) => ({ what: 'add foreign key', table, after: one }),
    dropped: (one) => ({ what: 'drop foreign key', table, before: one }),
    changed: (one, old) =>
      sameForeignKey(one, old)
        ? unproved(table, one, old)
        : [{ what: 'change foreign key', table, before: old, after: one }],
  })
}

// A check's name carries a hash of its meaning, so the same name is the same check.
function diffChecks({ name: table, checks: after }: Table, { checks: before }: Table): Change[] {
  return diffNamed<TableCheck>(after, before, {
    added: (one) => ({ what: 'add check', table, after: one }),
    dropped: (one) => ({ what: 'drop check', table, before: one }),
    changed: (one, old) => unproved(table, one, old),
  })
}

function unproved(table: string, after: ForeignKey | TableCheck, before: ForeignKey | TableCheck): Change[] {
  return before.invalid === true && after.invalid !== true ? [{ what: 'prove constraint', table, after }] : []
}

interface Differences<T> {
  added(one: T): Change
  dropped(one: T): Change
  changed(one: T, old: T): Change[]
}

function diffNamed<T extends { readonly name: string }>(
  after: readonly T[],
  before: readonly T[],
  say: Differences<T>,
): Change[] {
  const there = byName(before)
  const wanted = byName(after)
  const kept = after.flatMap((one) => {
    const old = there.get(one.name)
    return old === undefined ? [say.added(one)] : say.changed(one, old)
  })
  return [...kept, ...before.filter((one) => !wanted.has(one.name)).map((one) => say.dropped(one))]
}

/** Same columns, target and delete rule. */
export const sameForeignKey = (one: ForeignKey, other: ForeignKey): boolean =>
  one.target === other.target &&
  one.onDelete === other.onDelete &&
  sameNames(one.columns, other.columns) &&
  sameNames(one.targetColumns, other.targetColumns)

/** The same names in the same order. */
export const sameNames = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, at) => name === other[at])

/** Things by their name. */
export const byName = <T extends { readonly name: string }>(things: readonly T[]): ReadonlyMap<string, T> =>
  new Map(things.map((one) => [one.name, one]))
