// Changes as steps for an engine that many processes share: short locks, long work beside the writers, small batches.
import type { Column, Index, Table } from '../catalog.ts'
import { addForeignKey, checkSql, columnSql, createIndex, createIndexes, createTable } from './create.ts'
import { byName, type Change, sameNames } from './diff.ts'
import { fitted, literal, quoted, quotedList } from './literal.ts'
import { finishRename, startRename } from './online_rename.ts'
import { securityStatements, securitySteps } from './row_security.ts'
import { type Scene, stepOf, tableOf } from './scene.ts'
import type { Step } from './step.ts'

// What later ones need comes first; what earlier ones need goes last.
const order: readonly Change['what'][] = [
  'add function',
  'add table',
  'add column',
  'change default',
  'drop foreign key',
  'change nullability',
  'add check',
  'prove constraint',
  'drop check',
  'change index',
  'add index',
  'change foreign key',
  'add foreign key',
  'secure table',
  'add policy',
  'drop policy',
  'drop index',
  'drop column',
]

/** The steps for the changes of one phase, in an order in which each finds what it needs. */
export function onlineSteps(changes: readonly Change[], scene: Scene): Step[] {
  const all = [...changes, ...changes.flatMap(keysOfNewTable)]
  const ready = order.flatMap((what) => all.filter((change) => change.what === what))
  const unused = changes.filter((change) => change.what === 'drop function') // the policies that call them are gone
  return [
    ...ready.flatMap((change) => stepsFor(change, scene)),
    ...dropTables(changes, scene),
    ...unused.flatMap((change) => securitySteps(change, scene)),
  ]
}

// New tables may refer to one another in a circle, so their keys come when all of them are there.
function keysOfNewTable(change: Change): Change[] {
  if (change.what !== 'add table') return []
  return change.after.foreignKeys.map((after) => ({ what: 'add foreign key', table: change.table, after }))
}

// In one statement, because they may refer to one another.
function dropTables(changes: readonly Change[], scene: Scene): Step[] {
  const names = changes.filter((change) => change.what === 'drop table').map((change) => change.table)
  if (names.length === 0) return []
  const sql = [`drop table ${quotedList(names)}`]
  return [
    stepOf(scene, {
      name: `drop table ${names.join(', ')}`,
      rule: 'drop-table',
      sql,
      safe: { unsafe: 'Its rows are lost.' },
    }),
  ]
}

function stepsFor(change: Change, scene: Scene): Step[] {
  switch (change.what) {
    case 'add table':
      return addTable(change.after, scene)
    case 'add column':
      return addColumn(change.table, change.after, scene)
    case 'change default':
      return [changeDefault(change.table, change.after, scene)]
    case 'change nullability':
      return change.after.nullable
        ? loosen(change.table, change.after, scene)
        : tighten(change.table, change.after, scene)
    case 'add check':
      return addCheck(change, scene)
    case 'prove constraint': {
      const sql = [validate(change.table, change.after.name)]
      return [stepOf(scene, { name: `prove ${change.table}.${change.after.name}`, rule: 'add-check', sql })]
    }
    case 'add index':
      return [addIndex(change, scene)]
    case 'change index':
      return changeIndex(change.table, change.after, change.unique, scene)
    case 'add foreign key':
      return addKey(change, [], scene)
    case 'change foreign key':
      return addKey(change, [dropConstraint(change.table, change.before.name)], scene)
    case 'add function':
    case 'secure table':
    case 'add policy':
    case 'drop policy':
      return securitySteps(change, scene)
    default:
      return removal(change, scene)
  }
}

function removal(change: Change, scene: Scene): Step[] {
  const { table } = change
  switch (change.what) {
    case 'drop foreign key':
    case 'drop check': {
      const name = `drop constraint ${table}.${change.before.name}`
      return [stepOf(scene, { name, rule: 'drop-constraint', sql: [dropConstraint(table, change.before.name)] })]
    }
    case 'drop index':
      return [dropIndex(change.before.name, scene)]
    case 'drop column':
      return dropColumn(table, change.before, scene)
    default:
      return []
  }
}

// Nobody else sees a new table before it commits: its indexes need no special care.
function addTable(table: Table, scene: Scene): Step[] {
  const { spelling } = scene
  const create = [createTable(table, spelling), ...createIndexes(table, spelling)]
  const secure = securityStatements(table, spelling)
  const sql = [...create, ...secure]
  const said = secure.length === 0 ? {} : { assured: 'Nobody uses the table yet, and its rules come with it.' }
  return [stepOf(scene, { name: `add table ${table.name}`, rule: 'add-table', sql, ...said })]
}

function addColumn(table: string, column: Column, scene: Scene): Step[] {
  const before = tableOf(scene.from, table).columns.find((one) => one.name === column.was)
  if (before !== undefined) return startRename({ table, before, after: column }, scene)
  const sql = [`alter table ${quoted(table)} add column ${columnSql(column, scene.spelling)}`]
  return [stepOf(scene, { name: `add column ${table}.${column.name}`, rule: 'add-column-with-default', sql })]
}

function changeDefault(table: string, column: Column, scene: Scene): Step {
  const given = (column.default ?? null) !== null
  const action = given
    ? `set default ${literal(column.default ?? null, column.storage, scene.spelling.dialect)}`
    : 'drop default'
  const sql = [`${alterColumn(table, column.name)} ${action}`]
  return stepOf(scene, { name: `change default of ${table}.${column.name}`, rule: 'change-default', sql })
}

function loosen(table: string, column: Column, scene: Scene): Step[] {
  const sql = [`${alterColumn(table, column.name)} drop not null`]
  const assured = 'Code of the version before shows a null it does not expect, and writes none.'
  const step = stepOf(scene, { name: `allow null in ${table}.${column.name}`, rule: 'drop-not-null', sql, assured })
  return [step, ...reindex(table, column.name, scene)]
}

/** Nulls are filled in batches, a check is proved beside the writers, then NOT NULL takes the check's word for it. */
export function tighten(table: string, column: Column, scene: Scene): Step[] {
  const check = fitted(`_plinth_${column.name}_not_null`)
  const name = `require ${table}.${column.name}`
  const rule = 'set-not-null'
  const constraint = `constraint ${quoted(check)} check (${quoted(column.name)} is not null)`
  const add = `alter table ${quoted(table)} add ${constraint} not valid`
  const set = `${alterColumn(table, column.name)} set not null`
  return [
    stepOf(scene, { name: `${name}: from now on`, rule, sql: [dropConstraint(table, check, 'if exists '), add] }),
    ...fillNulls(table, column, scene),
    stepOf(scene, { name: `${name}: prove it`, rule, sql: [validate(table, check)] }),
    stepOf(scene, { name, rule, sql: [set, dropConstraint(table, check)] }),
    ...reindex(table, column.name, scene),
  ]
}

function fillNulls(table: string, column: Column, scene: Scene): Step[] {
  const value = column.default ?? scene.fill[`${table}.${column.name}`] ?? null
  const key = tableOf(scene.goal, table).primaryKey
  if (value === null || key.length === 0) return []
  const name = quoted(column.name)
  const constant = literal(value, column.storage, scene.spelling.dialect)
  const sql = [`update ${quoted(table)} set ${name} = ${constant} where ${name} is null and :batch`]
  return [
    stepOf(scene, { name: `fill ${table}.${column.name}`, rule: 'backfill-in-batches', sql, batch: { table, key } }),
  ]
}

function addCheck(change: Extract<Change, { what: 'add check' }>, scene: Scene): Step[] {
  const { table, after } = change
  const name = `add check ${after.name}`
  const rule = 'add-check'
  const sql = [
    `alter table ${quoted(table)} add ${checkSql(tableOf(scene.goal, table), after, scene.spelling)} not valid`,
  ]
  return [
    stepOf(scene, { name, rule, sql }),
    stepOf(scene, { name: `${name}: prove it`, rule, sql: [validate(table, after.name)] }),
  ]
}

function addKey(
  change: Pick<Extract<Change, { what: 'add foreign key' }>, 'table' | 'after'>,
  first: string[],
  scene: Scene,
): Step[] {
  const { table, after } = change
  const name = `add foreign key ${after.name}`
  const rule = 'add-foreign-key'
  const sql = [...first, addForeignKey(tableOf(scene.goal, table), after, ' not valid')]
  return [
    stepOf(scene, { name, rule, sql }),
    stepOf(scene, { name: `${name}: prove it`, rule, sql: [validate(table, after.name)] }),
  ]
}

// An interrupted build leaves an invalid index of that name behind: it is dropped first, so the step can be repeated.
function addIndex({ table, after, unique }: Extract<Change, { what: 'add index' }>, scene: Scene): Step {
  const { spelling } = scene
  const build = createIndex(tableOf(scene.goal, table), after, unique, spelling, 'concurrently ')
  const sql = [dropIndexSql(after.name), build]
  return stepOf(scene, { name: `add index ${after.name}`, rule: 'index-concurrently', sql, transaction: false })
}

/** The new one is built beside the old one and takes its name. */
function changeIndex(table: string, after: Index, unique: boolean, scene: Scene): Step[] {
  const [next, last] = [fitted(`_plinth_next_${after.name}`), fitted(`_plinth_last_${after.name}`)]
  const build = addIndex({ what: 'add index', table, after: { ...after, name: next }, unique }, scene)
  const rename = (from: string, to: string): string => `alter index ${quoted(from)} rename to ${quoted(to)}`
  const sql = [rename(after.name, last), rename(next, after.name)]
  return [
    build,
    stepOf(scene, { name: `change index ${after.name}`, rule: 'index-concurrently', sql }),
    dropIndex(last, scene),
  ]
}

// An index says `nulls first` for columns that may be null (create.ts), so it is built anew when that changes.
function reindex(tableName: string, column: string, scene: Scene): Step[] {
  const [before, after] = [tableOf(scene.from, tableName), tableOf(scene.goal, tableName)]
  const concerns = (index: Index): boolean => index.columns.includes(column) && !isReferredTo(tableName, index, scene)
  return [
    ...kept(after.uniques, before.uniques)
      .filter(concerns)
      .flatMap((index) => changeIndex(tableName, index, true, scene)),
    ...kept(after.indexes, before.indexes)
      .filter(concerns)
      .flatMap((index) => changeIndex(tableName, index, false, scene)),
  ]
}

const kept = (after: readonly Index[], before: readonly Index[]): Index[] =>
  after.filter((index) => before.some(({ name }) => name === index.name))

// Foreign keys hold on to the very index they found, and compare without order.
const isReferredTo = (table: string, index: Index, { goal }: Scene): boolean =>
  goal.tables.some((one) =>
    one.foreignKeys.some((key) => key.target === table && sameNames(key.targetColumns, index.columns)),
  )

function dropIndex(index: string, scene: Scene): Step {
  return stepOf(scene, {
    name: `drop index ${index}`,
    rule: 'drop-index-concurrently',
    sql: [dropIndexSql(index)],
    transaction: false,
  })
}

function dropColumn(table: string, column: Column, scene: Scene): Step[] {
  const name = `drop column ${table}.${column.name}`
  const sql = [`alter table ${quoted(table)} drop column ${quoted(column.name)}`]
  const heir = byName(scene.goal.tables)
    .get(table)
    ?.columns.find((one) => one.was === column.name)
  if (heir === undefined)
    return [stepOf(scene, { name, rule: 'drop-column', sql, safe: { unsafe: 'Its values are lost.' } })]
  const assured = 'No code writes the old name any more, so nothing is left to copy.'
  return [stepOf(scene, { name, rule: 'rename-column', sql: [...finishRename(table, heir.name), ...sql], assured })]
}

const alterColumn = (table: string, column: string): string =>
  `alter table ${quoted(table)} alter column ${quoted(column)}`
const validate = (table: string, name: string): string =>
  `alter table ${quoted(table)} validate constraint ${quoted(name)}`
const dropIndexSql = (name: string): string => `drop index concurrently if exists ${quoted(name)}`
const dropConstraint = (table: string, name: string, how = ''): string =>
  `alter table ${quoted(table)} drop constraint ${how}${quoted(name)}`
