// An `exists` of a rule as a function of the database: it looks at the other table without that table's own rules.
import { createHash } from 'node:crypto'
import type { Noun } from '../define/noun.ts'
import type { Expr, Operand } from '../define/predicate.ts'
import type { RuleFunction } from './catalog.ts'
import type { SecurityDialect } from './contract.ts'
import { type LayoutColumn, layoutOf, quote } from './layout.ts'
import { type Exists, exprSql, type Nouns, type Place } from './expr_sql.ts'

/** The function, and the columns of the row that it is called with. */
export interface CalledFunction extends RuleFunction {
  readonly columns: readonly LayoutColumn[]
}

/**
 * The function of an `exists` in a rule over rows of `noun`. Its name carries a hash of its text, so two versions of an
 * app never change one another's.
 */
export function ruleFunction(security: SecurityDialect, nouns: Nouns, noun: Noun, expr: Exists): CalledFunction {
  const asked = columnsAsked(expr, noun.name)
  const columns = layoutOf(noun).columns.filter(({ name }) => asked.has(name))
  const outer: Place = { noun, column: (name) => security.parameter(columns.findIndex((one) => one.column === name)) }
  const scope = { nouns, voice: security, places: new Map([[noun.name, outer]]) }
  const condition = exprSql(scope, expr)
  const parameters = columns.map(({ storage }) => storage)
  return { name: named('plinth_exists', JSON.stringify([parameters, condition])), parameters, condition, columns }
}

/** The call, for the row of that alias. */
export const callOf = ({ name, columns }: CalledFunction, alias: string): string =>
  `${quote(name)}(${columns.map(({ column }) => `${alias}.${quote(column)}`).join(', ')})`

/** A name that changes with what it stands for. */
export const named = (what: string, text: string): string =>
  `${what}_${createHash('sha256').update(text).digest('hex').slice(0, 10)}`

function columnsAsked(expr: Expr, of: string): ReadonlySet<string> {
  const asked = new Set<string>()
  const look = (operand: Operand): void => {
    if ('column' in operand && operand.of === of) asked.add(operand.column)
  }
  const walk = (one: Expr): void => {
    if (one.op === 'and' || one.op === 'or') one.parts.forEach(walk)
    else if (one.op === 'not') walk(one.part)
    else if (one.op === 'exists') walk(one.where)
    else {
      look(one.left)
      if ('right' in one) look(one.right)
    }
  }
  walk(expr)
  return asked
}

/** Every `exists` of an expression that is not inside another. */
export function existsIn(expr: Expr): Exists[] {
  if (expr.op === 'exists') return [expr]
  if (expr.op === 'and' || expr.op === 'or') return expr.parts.flatMap(existsIn)
  return expr.op === 'not' ? existsIn(expr.part) : []
}
