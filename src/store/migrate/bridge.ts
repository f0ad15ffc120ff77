// The tables between two versions: what both the code of before and the code of after can work with.
import type { Catalog, Column, Table, TableCheck } from '../catalog.ts'
import { byName, isOwnTable } from './diff.ts'
import { bridgeFunctions, bridgeSecurity } from './row_security.ts'
import type { PlanOptions } from './step.ts'

/** What the bridge needs to know besides the two ends. */
export interface BridgeOptions extends Pick<PlanOptions, 'fill' | 'empty'> {
  /** Code of an older version may run meanwhile, so nothing is tightened yet. */
  readonly shared: boolean
}

/** Expanding goes from `have` to the bridge, contracting from the bridge to `want`. Pure, and its own fixed point. */
export function bridgeOf(want: Catalog, have: Catalog, options: BridgeOptions): Catalog {
  const there = byName(have.tables)
  const wanted = byName(want.tables)
  const kept = have.tables.filter((table) => !wanted.has(table.name) && !isOwnTable(table.name))
  const bridged = want.tables.map((table) => {
    const before = there.get(table.name)
    return before === undefined ? table : bridgeTable(table, before, options)
  })
  return { tables: [...bridged, ...kept], ...bridgeFunctions(want, have) }
}

function bridgeTable(after: Table, before: Table, options: BridgeOptions): Table {
  return {
    name: after.name,
    primaryKey: after.primaryKey,
    columns: [
      ...after.columns.map((column) => bridgeColumn(column, after, before, options)),
      ...keptColumns(after, before),
    ],
    uniques: union(after.uniques, before.uniques),
    indexes: union(after.indexes, before.indexes),
    foreignKeys: union(after.foreignKeys, before.foreignKeys),
    checks: union(after.checks, keptChecks(after.checks, before.checks)),
    ...(after.security && { security: bridgeSecurity(after.security, before.security) }),
  }
}

function bridgeColumn(column: Column, after: Table, before: Table, options: BridgeOptions): Column {
  const same = byName(before.columns).get(column.name)
  // A renamed column stays empty-able until the old one is gone: null is how its trigger tells who wrote the row.
  if (options.shared && isRenaming(column, after, before)) return { ...column, nullable: true, default: undefined }
  if (same === undefined) return newColumn(column, after.name, options)
  if (!options.shared) return column
  return { ...column, nullable: column.nullable || same.nullable, default: column.default ?? same.default }
}

/** The column takes over from one that is still there. */
export function isRenaming(column: Column, after: Table, before: Table): boolean {
  if (column.was === undefined || after.columns.some((one) => one.name === column.was)) return false
  return before.columns.some((one) => one.name === column.was)
}

// The code of before does not write a column it does not know: until contract the database gives the value.
function newColumn(column: Column, table: string, { shared, fill, empty }: BridgeOptions): Column {
  const value = fill?.[`${table}.${column.name}`]
  const isGiven = column.nullable || (column.default ?? null) !== null
  if (isGiven || value === undefined || !shared || empty?.has(table)) return column
  return { ...column, default: value }
}

// The code of after does not write a column it does not know, so it must do without a value.
function keptColumns(after: Table, before: Table): Column[] {
  const wanted = byName(after.columns)
  const replaced = new Set(
    after.columns.filter((column) => isRenaming(column, after, before)).map((column) => column.was),
  )
  return before.columns
    .filter((column) => !wanted.has(column.name))
    .map((column) => {
      const isFilled =
        replaced.has(column.name) || (column.default ?? null) !== null || before.primaryKey.includes(column.name)
      return isFilled ? column : { ...column, nullable: true }
    })
}

/** Everything of the first, and of the second what the first does not name. */
function union<T extends { readonly name: string }>(first: readonly T[], second: readonly T[]): T[] {
  const named = byName(first)
  return [...first, ...second.filter((one) => !named.has(one.name))]
}

// A check of the same subject with another meaning gives way at once: `orders_status_1f2e` to `orders_status_9a8b`. One
// that the model has dropped altogether stays until contract, because code of the version before may count on it.
function keptChecks(after: readonly TableCheck[], before: readonly TableCheck[]): TableCheck[] {
  const there = byName(before)
  const added = new Set(after.filter((check) => !there.has(check.name)).map(subjectOf))
  return before.filter((check) => !added.has(subjectOf(check)))
}

/** A check's name without the hash of its meaning. */
export const subjectOf = (check: TableCheck): string => check.name.replace(/_[0-9a-f]+$/, '')
