// A rule's expression over a row that is already here, in process; equal to its SQL by property test.
import type { Expr, Operand } from '../define/predicate.ts'
import type { Storage, Stored } from '../define/field.ts'
import { type Layout, type StoredRow, valueAt } from './layout.ts'
import { constantOf } from './expr_sql.ts'
import type { CallerFacts } from './where.ts'

/** Can it be decided without asking the database? An `exists` cannot. */
export function isLocal(expr: Expr): boolean {
  if (expr.op === 'exists') return false
  if (expr.op === 'and' || expr.op === 'or') return expr.parts.every(isLocal)
  return expr.op === 'not' ? isLocal(expr.part) : true
}

/** True, false, or null for SQL's unknown; only true allows. */
export function evaluate(expr: Expr, layout: Layout, row: StoredRow, caller: CallerFacts): boolean | null {
  switch (expr.op) {
    case 'and':
      return joined(expr.parts, false, (part) => evaluate(part, layout, row, caller))
    case 'or':
      return joined(expr.parts, true, (part) => evaluate(part, layout, row, caller))
    case 'not': {
      const inner = evaluate(expr.part, layout, row, caller)
      return inner === null ? null : !inner
    }
    case 'isNull':
      return storedOf(expr.left, expr.left, layout, row, caller) === null
    case 'in': {
      const value = storedOf(expr.left, expr.left, layout, row, caller)
      if (expr.values.length === 0) return false
      return value === null
        ? null
        : expr.values.some((one) => storedOf({ value: one }, expr.left, layout, row, caller) === value)
    }
    case 'exists':
      throw new TypeError('exists() is decided by the database')
    default:
      return compare(
        expr,
        layout,
        storedOf(expr.left, expr.right, layout, row, caller),
        storedOf(expr.right, expr.left, layout, row, caller),
      )
  }
}

// Three-valued logic as SQL has it: `decides` wins over unknown, unknown over the rest.
function joined(parts: readonly Expr[], decides: boolean, ask: (part: Expr) => boolean | null): boolean | null {
  let unknown = false
  for (const part of parts) {
    const answer = ask(part)
    if (answer === decides) return decides
    if (answer === null) unknown = true
  }
  return unknown ? null : !decides
}

function compare(expr: Extract<Expr, { right: Operand }>, layout: Layout, left: Stored, right: Stored): boolean | null {
  if (left === null || right === null) return null
  if (expr.op === 'is') return left === right
  const isWide = [expr.left, expr.right].some((one) => storageOf(layout, one) === 'wide')
  const order = isWide ? wideOrder(left, right) : orderOf(left, right)
  if (expr.op === 'lt') return order < 0
  if (expr.op === 'lte') return order <= 0
  return expr.op === 'gt' ? order > 0 : order >= 0
}

const storageOf = (layout: Layout, operand: Operand): Storage | undefined =>
  'column' in operand ? layout.columns[layout.at.get(operand.column) ?? -1]?.storage : undefined

// Wide integers are stored as decimal text, and their order is that of the numbers.
const wideOrder = (left: Stored, right: Stored): number => {
  const [one, other] = [BigInt(left ?? 0), BigInt(right ?? 0)]
  return one === other ? 0 : one < other ? -1 : 1
}

/** The order both engines have: numbers by value, texts by their UTF-8 bytes. */
export function orderOf(left: Stored, right: Stored): number {
  if (typeof left === 'string' && typeof right === 'string') return left === right ? 0 : bytesOrder(left, right)
  return Number(left) - Number(right)
}

// UTF-8 order is code point order; JavaScript's `<` compares UTF-16 units, which differs above U+FFFF.
function bytesOrder(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a === b) continue
    const surrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff
    return surrogate(a) === surrogate(b) ? a - b : surrogate(a) ? 1 : -1
  }
  return left.length - right.length
}

function storedOf(operand: Operand, other: Operand, layout: Layout, row: StoredRow, caller: CallerFacts): Stored {
  if ('column' in operand) return valueAt(layout, row, operand.column)
  if ('caller' in operand) return caller[operand.caller]
  const field = 'column' in other ? layout.columns[layout.at.get(other.column) ?? -1]?.field : undefined
  return constantOf(field, operand.value)
}
