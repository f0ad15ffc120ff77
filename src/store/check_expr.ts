// A check across fields in the words of the table: columns by their own name, constants as they are stored.
import type { Noun } from '../define/noun.ts'
import type { Expr, Operand } from '../define/predicate.ts'
import { layoutOf, type LayoutColumn } from './layout.ts'
import { constantOf } from './expr_sql.ts'

/**
 * The expression with every constant as the column beside it stores it: a decimal of '5' is 500 hundredths. Fails with
 * TypeError for what a check of one row cannot see.
 */
export function storedExpr(noun: Noun, expr: Expr): Expr {
  const column = (operand: Operand): LayoutColumn | undefined =>
    'column' in operand ? layoutOf(noun).columns.find((one) => one.name === operand.column) : undefined
  const stored = (operand: Operand, beside: Operand): Operand => {
    if ('value' in operand) return { value: constantOf(column(beside)?.field, operand.value) }
    const own = column(operand)
    return own === undefined || !('column' in operand) ? operand : { column: own.column, of: operand.of }
  }
  switch (expr.op) {
    case 'and':
    case 'or':
      return { op: expr.op, parts: expr.parts.map((part) => storedExpr(noun, part)) }
    case 'not':
      return { op: 'not', part: storedExpr(noun, expr.part) }
    case 'isNull':
      return { op: 'isNull', left: stored(expr.left, expr.left) }
    case 'in': {
      const values = expr.values.map((value) => constantOf(column(expr.left)?.field, value))
      return { op: 'in', left: stored(expr.left, expr.left), values }
    }
    case 'exists':
      throw new TypeError(`${noun.name}: a check sees its own row only, exists() looks at others`)
    default:
      return { op: expr.op, left: stored(expr.left, expr.right), right: stored(expr.right, expr.left) }
  }
}
