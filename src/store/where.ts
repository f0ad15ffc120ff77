// A rule's expression as SQL: the filter of lists, the condition of reads, the check of writes come from the same tree.
import type { Expr, Operand } from '../define/predicate.ts'
import type { Noun, NounField } from '../define/noun.ts'
import type { Storage, Stored } from '../define/field.ts'
import { layoutOf, quote } from './layout.ts'
import type { Draft } from './sql.ts'

/** The caller's facts a rule can ask. Null for a caller who is not signed in: equal to nothing. */
export interface CallerFacts {
  readonly id: string | null
  readonly tenant: string | null
}

/** Inputs of a statement that asks rules. */
export interface AsksCaller {
  readonly caller: CallerFacts
}

export type Nouns = ReadonlyMap<string, Noun>

interface Scope {
  readonly nouns: Nouns
  /** SQL alias by the name an operand uses. */
  readonly aliases: ReadonlyMap<string, { readonly alias: string; readonly noun: Noun }>
}

/** The expression over a row of `noun`, whose table has that alias in the statement. */
export function whereSql<T extends AsksCaller>(
  draft: Draft<T>,
  nouns: Nouns,
  noun: Noun,
  alias: string,
  expr: Expr,
): string {
  return toSql(draft, { nouns, aliases: new Map([[noun.name, { alias, noun }]]) }, expr)
}

const comparison = { is: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

function toSql<T extends AsksCaller>(draft: Draft<T>, scope: Scope, expr: Expr): string {
  switch (expr.op) {
    case 'and':
    case 'or':
      if (expr.parts.length === 0) return expr.op === 'and' ? 'true' : 'false'
      return `(${expr.parts.map((part) => toSql(draft, scope, part)).join(` ${expr.op} `)})`
    case 'not':
      return `(not ${toSql(draft, scope, expr.part)})`
    case 'isNull':
      return `(${operandSql(draft, scope, expr.left, 'text')} is null)`
    case 'in': {
      const column = columnFor(scope, expr.left)
      if (expr.values.length === 0) return 'false'
      const values = expr.values.map((value) => constantSql(draft, column, value))
      return `(${column.sql} in (${values.join(', ')}))`
    }
    case 'exists':
      return existsSql(draft, scope, expr)
    default: {
      const storage = storageOf(scope, expr.left) ?? storageOf(scope, expr.right) ?? 'text'
      const other = 'column' in expr.left ? columnFor(scope, expr.left) : columnFor(scope, expr.right)
      const side = (operand: Operand): string =>
        'value' in operand ? constantSql(draft, other, operand.value) : operandSql(draft, scope, operand, storage)
      return `(${side(expr.left)} ${comparison[expr.op]} ${side(expr.right)})`
    }
  }
}

function existsSql<T extends AsksCaller>(draft: Draft<T>, scope: Scope, expr: Extract<Expr, { op: 'exists' }>): string {
  const noun = scope.nouns.get(expr.resource)
  if (noun === undefined) throw new TypeError(`exists(): "${expr.resource}" is not among the app's parts`)
  const alias = `e${scope.aliases.size}`
  const aliases = new Map(scope.aliases).set(expr.alias, { alias, noun })
  const inner = toSql(draft, { ...scope, aliases }, expr.where)
  return `exists (select 1 from ${quote(noun.table)} as ${alias} where ${inner})`
}

function operandSql<T extends AsksCaller>(draft: Draft<T>, scope: Scope, operand: Operand, storage: Storage): string {
  if ('column' in operand) return columnFor(scope, operand).sql
  if ('caller' in operand) return draft.slot(storage, (input) => input.caller[operand.caller])
  throw new TypeError('a constant needs a column beside it')
}

interface ColumnSql {
  readonly sql: string
  readonly field: NounField | undefined
  readonly storage: Storage
}

function columnFor(scope: Scope, operand: Operand): ColumnSql {
  if (!('column' in operand)) throw new TypeError('a comparison needs a column of a row on one side')
  const place = scope.aliases.get(operand.of)
  if (place === undefined) throw new TypeError(`rule: a row of "${operand.of}" is not known here`)
  const column = layoutOf(place.noun).columns.find((one) => one.name === operand.column)
  if (column === undefined) throw new TypeError(`rule: "${operand.of}.${operand.column}" has no column`)
  return { sql: `${place.alias}.${quote(column.column)}`, field: column.field, storage: column.storage }
}

const storageOf = (scope: Scope, operand: Operand): Storage | undefined =>
  'column' in operand ? columnFor(scope, operand).storage : undefined

function constantSql<T extends AsksCaller>(draft: Draft<T>, column: ColumnSql, value: unknown): string {
  const stored = constantOf(column.field, value)
  return draft.slot(column.storage, () => stored)
}

/** A constant of a rule as the column stores it. */
export function constantOf(field: NounField | undefined, value: unknown): Stored {
  if (field === undefined) return value instanceof Date ? value.toISOString() : (value as Stored) // id, createdAt
  return field.field.kind.toStored(value, {
    table: '',
    column: field.column ?? '',
    row: '',
    seal: refuseSealed,
    open: refuseSealed,
  })
}

function refuseSealed(): never {
  throw new TypeError('a rule cannot compare a sealed value')
}
