// Changes as steps for an engine with one process: no code of before runs beside them, so each table changes at once.
import type { Column, Table, TableCheck } from '../catalog.ts'
import { conditionSql } from './condition.ts'
import type { Change } from './diff.ts'
import { inlineKeys, needsRebuild, rebuild } from './rebuild.ts'
import { columnSql, createIndex, createIndexes, createTable, referenceSql } from './create.ts'
import { literal, quoted } from './literal.ts'
import type { Rename } from './renames.ts'
import { type Scene, stepOf, tableOf } from './scene.ts'
import type { Step } from './step.ts'

/** A declared rename: the engine carries the name into indexes, keys and checks by itself. */
export function renameSteps(renames: readonly Rename[], scene: Scene): Step[] {
  return renames.map(({ table, before, after }) => {
    const name = `rename ${table}.${before.name} to ${after.name}`
    const sql = [`alter table ${quoted(table)} rename column ${quoted(before.name)} to ${quoted(after.name)}`]
    return stepOf(scene, { name, rule: 'rename-column', sql })
  })
}

/** The steps for the changes of one phase: new tables, then a step for each table that changes, then tables that go. */
export function exclusiveSteps(changes: readonly Change[], scene: Scene): Step[] {
  const changed = [...new Set(changes.filter((one) => !isWhole(one)).map((one) => one.table))]
  const added = changes.filter((change) => change.what === 'add table')
  const dropped = changes.filter((change) => change.what === 'drop table')
  return [
    ...added.map(({ after }) => {
      const sql = [createTable(after, scene.spelling), ...createIndexes(after, scene.spelling)]
      return stepOf(scene, { name: `add table ${after.name}`, rule: 'add-table', sql })
    }),
    ...changed.map((table) =>
      changeTable(
        table,
        changes.filter((one) => one.table === table),
        scene,
      ),
    ),
    ...(dropped.length === 0
      ? []
      : [
          dropTables(
            dropped.map((one) => one.table),
            scene,
          ),
        ]),
  ]
}

const isWhole = (change: Change): boolean => change.what === 'add table' || change.what === 'drop table'

// Dropping a table deletes its rows one by one when foreign keys are on, and would cascade into others.
function dropTables(tables: readonly string[], scene: Scene): Step {
  const sql = tables.map((table) => `drop table ${quoted(table)}`)
  const safe = { unsafe: 'Its rows are lost.' }
  return stepOf(scene, { name: `drop table ${tables.join(', ')}`, rule: 'drop-table', sql, safe, rebuild: true })
}

function changeTable(name: string, changes: readonly Change[], scene: Scene): Step {
  const lost = changes.filter((change) => change.what === 'drop column').map((change) => change.before.name)
  const safe = lost.length === 0 ? (true as const) : { unsafe: `The values of ${lost.join(', ')} are lost.` }
  const what = `change table ${name}: ${changes.map(describe).join(', ')}`.slice(0, 200)
  const before = tableOf(scene.from, name)
  const after = tableOf(scene.goal, name)
  if (needsRebuild(changes, before, scene)) {
    const sql = rebuild(before, after, scene)
    return stepOf(scene, { name: what, rule: 'rebuild-table', sql, safe, rebuild: true })
  }
  const sql = order
    .flatMap((kind) => changes.filter((change) => change.what === kind))
    .flatMap((change) => alter(change, changes, scene))
  return stepOf(scene, { name: what, rule: 'alter-table', sql, safe })
}

// SQLite refuses to drop a column that an index or a check still names.
const order: readonly Change['what'][] = [
  'add column',
  'drop index',
  'drop check',
  'change nullability',
  'add check',
  'change index',
  'drop column',
  'add index',
]

function alter(change: Change, all: readonly Change[], scene: Scene): string[] {
  const table = `alter table ${quoted(change.table)}`
  switch (change.what) {
    case 'add column':
      return [`${table} add column ${columnSql(change.after, scene.spelling)}${keySql(change.after, all)}`]
    case 'drop column':
      return [`${table} drop column ${quoted(change.before.name)}`]
    case 'change nullability':
      return changeNullability(change, scene)
    case 'add check':
      return [`${table} add ${nullPasses(tableOf(scene.goal, change.table), change.after, scene)}`]
    case 'drop check':
      return [`${table} drop constraint ${quoted(change.before.name)}`]
    case 'drop index':
      return [`drop index ${quoted(change.before.name)}`]
    case 'add index':
    case 'change index': {
      const build = createIndex(tableOf(scene.goal, change.table), change.after, change.unique, scene.spelling)
      return [`drop index if exists ${quoted(change.after.name)}`, build]
    }
    default:
      throw new TypeError(`${change.what} is done by a rebuild`)
  }
}

// ADD CHECK refuses rows for which the condition is null, which CHECK itself lets pass (SQLite 3.53).
function nullPasses(table: Table, check: TableCheck, { spelling }: Scene): string {
  return `constraint ${quoted(check.name)} check ((${conditionSql(table, check, spelling.dialect)}) is not false)`
}

function keySql(column: Column, all: readonly Change[]): string {
  const keys = inlineKeys(all).filter((key) => key.columns[0] === column.name)
  return keys.map((key) => ` ${referenceSql(key)}`).join('')
}

function changeNullability(change: Extract<Change, { what: 'change nullability' }>, scene: Scene): string[] {
  const { table, after } = change
  const column = `alter table ${quoted(table)} alter column ${quoted(after.name)}`
  if (after.nullable) return [`${column} drop not null`]
  const value = after.default ?? scene.fill[`${table}.${after.name}`] ?? null
  if (value === null) return [`${column} set not null`]
  const constant = literal(value, after.storage, scene.spelling.dialect)
  const fill = `update ${quoted(table)} set ${quoted(after.name)} = ${constant} where ${quoted(after.name)} is null`
  return [fill, `${column} set not null`]
}

function describe(change: Change): string {
  const subject = 'after' in change ? change.after : change.before
  return 'name' in subject ? `${change.what} ${subject.name}` : change.what
}
