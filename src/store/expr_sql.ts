// An expression as SQL, in the words of whoever asks: a statement's slots, or a policy's settings and constants.
import type { Expr, Operand } from '../define/predicate.ts'
import { columnOf, type Noun, type NounField } from '../define/noun.ts'
import type { Storage, Stored } from '../define/field.ts'
import { layoutOf, quote } from './layout.ts'

export type Nouns = ReadonlyMap<string, Noun>

export type Exists = Extract<Expr, { op: 'exists' }>

/** How a text says what is no column: a statement binds it, a policy has it written out. */
export interface Voice {
  constant(stored: Stored, storage: Storage): string
  caller(fact: 'id' | 'tenant', storage: Storage): string
  table(name: string): string
  /** An `exists` said in another way than written out; undefined writes it out. */
  readonly exists?: ((expr: Exists) => string) | undefined
}

/** A row that an expression may look at, and how its columns are named. */
export interface Place {
  readonly noun: Noun
  column(name: string): string
}

export interface Scope {
  readonly nouns: Nouns
  readonly voice: Voice
  /** By the name an operand uses. */
  readonly places: ReadonlyMap<string, Place>
}

/** A row of a noun whose table has that alias. */
export const placeOf = (noun: Noun, alias: string): Place => ({
  noun,
  column: (name) => `${alias}.${quote(name)}`,
})

const comparison = { is: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

/** The expression in a scope. Fails with TypeError for a name that is not in it. */
export function exprSql(scope: Scope, expr: Expr): string {
  switch (expr.op) {
    case 'and':
    case 'or':
      if (expr.parts.length === 0) return expr.op === 'and' ? 'true' : 'false'
      return `(${expr.parts.map((part) => exprSql(scope, part)).join(` ${expr.op} `)})`
    case 'not':
      return `(not ${exprSql(scope, expr.part)})`
    case 'isNull':
      return `(${operandSql(scope, expr.left, 'text')} is null)`
    case 'in': {
      const column = columnFor(scope, expr.left)
      if (expr.values.length === 0) return 'false'
      const values = expr.values.map((value) => constantSql(scope, column, value))
      return `(${column.sql} in (${values.join(', ')}))`
    }
    case 'exists':
      return scope.voice.exists?.(expr) ?? existsSql(scope, expr)
    default: {
      const storage = storageOf(scope, expr.left) ?? storageOf(scope, expr.right) ?? 'text'
      const other = 'column' in expr.left ? columnFor(scope, expr.left) : columnFor(scope, expr.right)
      const side = (operand: Operand): string =>
        'value' in operand ? constantSql(scope, other, operand.value) : operandSql(scope, operand, storage)
      return `(${side(expr.left)} ${comparison[expr.op]} ${side(expr.right)})`
    }
  }
}

function existsSql(scope: Scope, expr: Exists): string {
  const noun = scope.nouns.get(expr.resource)
  if (noun === undefined) throw new TypeError(`exists(): "${expr.resource}" is not among the app's parts`)
  const alias = `e${scope.places.size}`
  const places = new Map(scope.places).set(expr.alias, placeOf(noun, alias))
  const inner = exprSql({ ...scope, places }, expr.where)
  const where = `${ownTenant(scope, noun, alias)}${inner}`
  return `exists (select 1 from ${scope.voice.table(noun.table)} as ${alias} where ${where})`
}

/** A row of another tenant decides nothing, whatever the rule forgot to ask of it. */
function ownTenant({ voice }: Scope, { tenant }: Noun, alias: string): string {
  return tenant === undefined ? '' : `${alias}.${quote(columnOf(tenant))} = ${voice.caller('tenant', 'uuid')} and `
}

function operandSql(scope: Scope, operand: Operand, storage: Storage): string {
  if ('column' in operand) return columnFor(scope, operand).sql
  if ('caller' in operand) return scope.voice.caller(operand.caller, storage)
  throw new TypeError('a constant needs a column beside it')
}

interface ColumnSql {
  readonly sql: string
  readonly field: NounField | undefined
  readonly storage: Storage
}

function columnFor(scope: Scope, operand: Operand): ColumnSql {
  if (!('column' in operand)) throw new TypeError('a comparison needs a column of a row on one side')
  const place = scope.places.get(operand.of)
  if (place === undefined) throw new TypeError(`rule: a row of "${operand.of}" is not known here`)
  const column = layoutOf(place.noun).columns.find((one) => one.name === operand.column)
  if (column === undefined) throw new TypeError(`rule: "${operand.of}.${operand.column}" has no column`)
  return { sql: place.column(column.column), field: column.field, storage: column.storage }
}

const storageOf = (scope: Scope, operand: Operand): Storage | undefined =>
  'column' in operand ? columnFor(scope, operand).storage : undefined

function constantSql({ voice }: Scope, column: ColumnSql, value: unknown): string {
  return voice.constant(constantOf(column.field, value), column.storage)
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
