// The condition of a check constraint in SQL: limits of one column, and predicates across the columns of one row.
import type { ColumnCheck, Stored } from '../../define/field.ts'
import type { Expr, Operand } from '../../define/predicate.ts'
import type { Column, Table, TableCheck } from '../catalog.ts'
import type { Dialect } from '../contract.ts'
import { literal, quoted } from './literal.ts'

/**
 * The condition of a table's check. In an expression, columns go by their own name and constants are stored values.
 * Fails with TypeError for what engines decide differently (`exists`, facts of the caller, unknown columns).
 */
export function conditionSql(table: Table, check: TableCheck, dialect: Dialect): string {
  const { on } = check
  if ('sql' in on) return on.sql
  if ('expr' in on) return exprSql({ table, dialect, name: check.name }, on.expr)
  return columnSql(columnOf(table, on.column, check.name), on.check, dialect)
}

function columnSql(column: Column, check: ColumnCheck, dialect: Dialect): string {
  const name = quoted(column.name)
  const value = (one: Stored): string => literal(one, column.storage, dialect)
  if (check.check === 'between') return `${name} between ${value(check.min)} and ${value(check.max)}`
  if (check.check === 'length') return `${dialect.length(name)} between ${check.min} and ${check.max}`
  if (check.check === 'in') return `${name} in (${check.values.map(value).join(', ')})`
  const isValid = { json: () => dialect.isJson(name), date: () => dialect.isDate(name) }
  // A null passes every check, as the standard says; these two might call it false.
  return `${name} is null or ${isValid[check.check]()}`
}

interface Scope {
  readonly table: Table
  readonly dialect: Dialect
  readonly name: string
}

const comparison = { is: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

function exprSql(scope: Scope, expr: Expr): string {
  switch (expr.op) {
    case 'and':
    case 'or':
      if (expr.parts.length === 0) return expr.op === 'and' ? '1 = 1' : '1 = 0'
      return `(${expr.parts.map((part) => exprSql(scope, part)).join(` ${expr.op} `)})`
    case 'not':
      return `(not ${exprSql(scope, expr.part)})`
    case 'isNull':
      return `(${quoted(operandColumn(scope, expr.left).name)} is null)`
    case 'in':
      return inSql(scope, operandColumn(scope, expr.left), expr.values)
    case 'exists':
      throw new TypeError(`check "${scope.name}": exists() looks at other rows; a check sees its own row only`)
    default:
      return [
        `(${sideSql(scope, expr.left, expr.right)}`,
        comparison[expr.op],
        `${sideSql(scope, expr.right, expr.left)})`,
      ].join(' ')
  }
}

function inSql(scope: Scope, column: Column, values: readonly unknown[]): string {
  if (values.length === 0) return '1 = 0'
  return `(${quoted(column.name)} in (${values.map((one) => constantSql(scope, column, one)).join(', ')}))`
}

function sideSql(scope: Scope, side: Operand, other: Operand): string {
  if ('column' in side) return quoted(operandColumn(scope, side).name)
  if ('caller' in side) throw new TypeError(`check "${scope.name}": a check does not know the caller`)
  return constantSql(scope, operandColumn(scope, other), side.value)
}

function constantSql(scope: Scope, column: Column, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return literal(value, column.storage, scope.dialect)
  }
  throw new TypeError(`check "${scope.name}": a constant must be given as "${column.name}" stores it`)
}

function operandColumn(scope: Scope, operand: Operand): Column {
  if ('column' in operand) return columnOf(scope.table, operand.column, scope.name)
  throw new TypeError(`check "${scope.name}": a comparison needs a column on one side`)
}

function columnOf(table: Table, name: string, check: string): Column {
  const found = table.columns.find((one) => one.name === name)
  if (found === undefined) throw new TypeError(`check "${check}": ${table.name} has no column "${name}"`)
  return found
}
