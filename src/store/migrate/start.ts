// The question at every start: is what I need there? A larger schema starts, a missing or changed one does not.
import type { Catalog, Column, Table, TableCheck } from '../catalog.ts'
import type { Dialect, Engine } from '../contract.ts'
import { subjectOf } from './bridge.ts'
import { byName, sameForeignKey, sameNames, sameType } from './diff.ts'
import { applyDirectly, isUpToDate } from './direct.ts'
import { patiently } from './patience.ts'
import { isSecured } from './row_security.ts'

/** The database lacks what this version needs. The message lists it and says what to run. */
export class SchemaMismatch extends Error {
  override readonly name = 'SchemaMismatch'
  readonly missing: readonly string[]

  constructor(missing: readonly string[]) {
    super(`The database is not what this version needs:\n- ${missing.join('\n- ')}\nRun: plinth migrate apply`)
    this.missing = missing
  }
}

/** Fails with SchemaMismatch unless everything the model needs is there. More is welcome: a newer version's. */
export function requireSchema(want: Catalog, have: Catalog, dialect: Dialect): void {
  const there = byName(have.tables)
  const missing = want.tables.flatMap((table) => {
    const before = there.get(table.name)
    return before === undefined ? [`table ${table.name} is missing`] : [...missingIn(table, before, dialect)]
  })
  missing.push(...missingFunctions(want, have))
  if (missing.length > 0) throw new SchemaMismatch(missing)
}

/** Makes a database ready at start: `auto` (development) applies what is safe first; then everything must be there. */
export async function prepareSchema(engine: Engine, want: Catalog, options: { readonly auto: boolean }): Promise<void> {
  const have = await engine.introspect(want)
  const isDone = !options.auto || isUpToDate(engine, want, have)
  // Of processes that start together one migrates; the others wait for it, and find nothing left to do.
  if (!isDone) await patiently({}, async () => void (await applyDirectly(engine, want)))
  requireSchema(want, isDone ? have : await engine.introspect(want), engine.dialect)
}

function missingIn(want: Table, have: Table, dialect: Dialect): string[] {
  const { name } = want
  const columns = byName(have.columns)
  const isThere = <T extends { readonly name: string; readonly invalid?: true }>(
    one: T,
    all: readonly T[],
    same: (other: T) => boolean,
  ): boolean => all.some((other) => other.name === one.name && other.invalid !== true && same(other))
  const indexes = (all: Table['indexes'], those: Table['indexes'], what: string): string[] =>
    all
      .filter((one) => !isThere(one, those, (other) => sameNames(one.columns, other.columns)))
      .map((one) => `${what} ${one.name} is missing`)
  const keys = want.foreignKeys.filter(
    (one) => !have.foreignKeys.some((other) => other.name === one.name && sameForeignKey(one, other)),
  )
  return [
    ...want.columns.flatMap((column) => columnMisfits(name, column, columns.get(column.name), dialect)),
    ...unwritable(want, have),
    ...(sameNames(want.primaryKey, have.primaryKey)
      ? []
      : [`primary key of ${name} is (${have.primaryKey.join(', ')})`]),
    ...indexes(want.uniques, have.uniques, 'unique index'),
    ...indexes(want.indexes, have.indexes, 'index'),
    ...keys.map((one) => `foreign key ${one.name} is missing`),
    ...missingChecks(want, have).map((one) => `check ${one.name} is missing`),
    ...missingSecurity(want, have),
  ]
}

// Policies of another version may be there too: they add up, so its code and this one's see what they need.
function missingSecurity({ name, security: want }: Table, { security: have }: Table): string[] {
  if (want === undefined) return []
  const there = byName(have?.policies ?? [])
  const misfits = want.policies.flatMap((policy) => {
    const found = there.get(policy.name)
    if (found === undefined) return [`policy ${policy.name} of ${name} is missing`]
    return found.altered === true ? [`policy ${policy.name} of ${name} does not read as it was made`] : []
  })
  return [
    ...(isSecured(want, have) ? [] : [`row security of ${name} is not on, or its roles lack privileges`]),
    ...misfits,
    ...[...there.values()]
      .filter((policy) => policy.foreign === true)
      .map((policy) => `policy ${policy.name} of ${name} was made by hand and opens rows; drop it`),
  ]
}

function missingFunctions({ functions: want = [] }: Catalog, { functions: have = [] }: Catalog): string[] {
  const there = byName(have)
  return want.flatMap(({ name }) => {
    const found = there.get(name)
    if (found === undefined) return [`function ${name} is missing`]
    return found.altered === true ? [`function ${name} is not as it was made`] : []
  })
}

// A check of the same subject with another meaning is another version's; the fields still refuse what it lets pass. One
// such check stands in for one that is missing, not for two.
function missingChecks(want: Table, have: Table): TableCheck[] {
  const there = byName(have.checks)
  const wanted = byName(want.checks)
  const spare = have.checks.filter((check) => !wanted.has(check.name)).map(subjectOf)
  return want.checks
    .filter((check) => !there.has(check.name))
    .filter((check) => {
      const at = spare.indexOf(subjectOf(check))
      if (at >= 0) spare.splice(at, 1)
      return at < 0
    })
}

// A column that may be null where the model requires a value waits for its contract step: nothing writes null.
function columnMisfits(table: string, want: Column, have: Column | undefined, dialect: Dialect): string[] {
  const name = `column ${table}.${want.name}`
  if (have === undefined) return [`${name} is missing`]
  if (!sameType(want, have, dialect))
    return [`${name} is ${have.type ?? dialect.columnType(have.storage)}, not ${dialect.columnType(want.storage)}`]
  return want.nullable && !have.nullable ? [`${name} does not allow null`] : []
}

/** Columns this version does not know and the database will not do without. */
function unwritable(want: Table, have: Table): string[] {
  const known = byName(want.columns)
  const unknown = have.columns.filter((column) => !known.has(column.name) && !isHeldByTrigger(column, want))
  return unknown
    .filter((column) => !column.nullable && (column.default ?? null) === null)
    .map((column) => `column ${want.name}.${column.name} needs a value this version does not write`)
}

// While a rename runs, a trigger writes the old name's value.
const isHeldByTrigger = (column: Column, want: Table): boolean => want.columns.some((one) => one.was === column.name)
