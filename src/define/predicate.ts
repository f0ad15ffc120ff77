// Predicates over a row and a caller: built once with symbols, so one expression is filter, check, policy and docs.
import type { Field, Fields, Out } from './field.ts'
import type { Id } from './infer.ts'

/** A value inside an expression: a column of the row (or of an `exists`), a fact of the caller, or a constant. */
export type Operand =
  | { readonly column: string; readonly of: string }
  | { readonly caller: 'id' | 'tenant' }
  | { readonly value: unknown }

/** The expression tree. `of` names the resource whose row is meant; `depth` numbers nested `exists`. */
export type Expr =
  | { readonly op: 'is' | 'lt' | 'lte' | 'gt' | 'gte'; readonly left: Operand; readonly right: Operand }
  | { readonly op: 'in'; readonly left: Operand; readonly values: readonly unknown[] }
  | { readonly op: 'isNull'; readonly left: Operand }
  | { readonly op: 'and'; readonly parts: readonly Expr[] }
  | { readonly op: 'or'; readonly parts: readonly Expr[] }
  | { readonly op: 'not'; readonly part: Expr }
  | { readonly op: 'exists'; readonly resource: string; readonly alias: string; readonly where: Expr }

/** A condition. It is not a value: `&&`, `||` and `!` cannot join predicates, `all`, `any` and `not` do. */
export interface Predicate {
  readonly expr: Expr
}

/** A fact of the caller, as a symbol. */
export interface CallerFact<X> {
  readonly caller: 'id' | 'tenant'
  readonly fact?: X
}

type Comparable<X> = X | Column<X> | CallerFact<X>

/** A column of a row, as a symbol. */
export interface Column<X> {
  is(value: Comparable<X>): Predicate
  in(values: readonly X[]): Predicate
  lt(value: Comparable<X>): Predicate
  lte(value: Comparable<X>): Predicate
  gt(value: Comparable<X>): Predicate
  gte(value: Comparable<X>): Predicate
  readonly isNull: Predicate
}

type Scalar<F> = Out<F> extends readonly unknown[] ? false : true
// Id<any>: a rule compares ids of every resource; the brand is checked where the row's own field is typed.
export type Columns<F extends Fields> = {
  readonly [K in keyof F as Scalar<F[K]> extends true ? K : never]-?: Column<Out<F[K]>>
} & { readonly id: Column<Id>; readonly createdAt: Column<Date>; readonly updatedAt: Column<Date> }

/** The caller, as symbols. */
export interface CallerSymbols {
  readonly id: CallerFact<Id<never>>
  readonly tenant: CallerFact<Id<never>>
}

/** A rule over row and caller. */
export type Where<F extends Fields> = (symbols: { row: Columns<F>; me: CallerSymbols }) => Predicate
/** A check across the fields of one row; becomes a constraint of the database too. */
export type Check<F extends Fields> = (symbols: { row: Columns<F> }) => Predicate

interface Named<N extends string, F extends Fields> {
  readonly type: 'resource'
  readonly name: N
  readonly fields: F
}

/** All of the predicates hold. */
export const all = (...parts: Predicate[]): Predicate => predicate({ op: 'and', parts: parts.map(exprOf) }, parts)
/** At least one of the predicates holds. */
export const any = (...parts: Predicate[]): Predicate => predicate({ op: 'or', parts: parts.map(exprOf) }, parts)
/** The predicate does not hold. */
export const not = (part: Predicate): Predicate => predicate({ op: 'not', part: exprOf(part) }, [part])

/** There is a row of another resource for which the predicate holds. */
export function exists<N extends string, F extends Fields>(
  resource: Named<N, F>,
  where: (row: Columns<F>) => Predicate,
): Predicate {
  const alias = `${resource.name}_${reading.depth++}`
  const inner = where(columnsOf<F>(resource.fields, alias))
  return predicate({ op: 'exists', resource: resource.name, alias, where: exprOf(inner) }, [inner])
}

// A rule is read synchronously, once, at definition or start. The set of predicates made meanwhile is what finds one
// that `&&` or `||` dropped: JavaScript keeps only the right-hand side of `a && b`, and the rule would grant too much.
interface Reading {
  made: Set<Predicate> | undefined
  used: Set<Predicate>
  depth: number
}
const reading: Reading = { made: undefined, used: new Set(), depth: 1 }

/** Reads a rule with symbols. Fails when a predicate was built and is not part of the result. */
export function readWhere<F extends Fields>(resource: Named<string, F>, where: Where<F>, what: string): Expr {
  reading.made = new Set()
  reading.used = new Set()
  reading.depth = 1
  try {
    const me: CallerSymbols = { id: { caller: 'id' }, tenant: { caller: 'tenant' } }
    const root = where({ row: columnsOf<F>(resource.fields, resource.name), me })
    if (!isPredicate(root)) throw new TypeError(`${what}: a rule must return a predicate, not ${typeof root}`)
    reading.used.add(root)
    const dropped = [...reading.made].filter((one) => !reading.used.has(one))
    if (dropped.length > 0) {
      throw new TypeError(
        `${what}: ${print(dropped[0]!.expr)} was built and dropped; join predicates with all(), any() or not(), ` +
          'not with &&, || or !',
      )
    }
    return root.expr
  } finally {
    reading.made = undefined
  }
}

const isPredicate = (value: unknown): value is Predicate =>
  typeof value === 'object' && value !== null && 'expr' in value

function exprOf(part: Predicate): Expr {
  if (!isPredicate(part)) throw new TypeError('all(), any() and not() take predicates, such as row.owner.is(me.id)')
  return part.expr
}

function predicate(expr: Expr, parts: readonly Predicate[] = []): Predicate {
  const made: Predicate = Object.freeze({
    expr,
    [Symbol.toPrimitive](): never {
      throw new TypeError('a predicate is not a value: join predicates with all(), any() and not()')
    },
  })
  reading.made?.add(made)
  for (const part of parts) reading.used.add(part)
  return made
}

// The proxy answers only names the resource has, so that a rule with a typo fails at start even without the compiler.
function columnsOf<F extends Fields>(fields: Fields, alias: string): Columns<F> {
  const known = (name: string): boolean =>
    name in fields || name === 'id' || name === 'createdAt' || name === 'updatedAt'
  const columns = new Proxy(
    {},
    {
      get(_, name): unknown {
        if (typeof name !== 'string') return undefined
        if (!known(name)) throw new TypeError(`rule: ${alias} has no field "${name}"`)
        return column(name, alias, fields[name])
      },
    },
  )
  return columns as Columns<F> // The proxy makes columns by name as they are asked for; their types are those of F.
}

function column(name: string, of: string, field: Field<unknown, {}, string, unknown> | undefined): Column<unknown> {
  if (field?.of) throw new TypeError(`rule: "${name}" holds items; a rule can only look at fields of the row itself`)
  const left: Operand = { column: name, of }
  const compare =
    (op: 'is' | 'lt' | 'lte' | 'gt' | 'gte') =>
    (value: unknown): Predicate =>
      predicate({ op, left, right: operand(value) })
  return {
    is: compare('is'),
    lt: compare('lt'),
    lte: compare('lte'),
    gt: compare('gt'),
    gte: compare('gte'),
    in: (values) => predicate({ op: 'in', left, values }),
    get isNull() {
      return predicate({ op: 'isNull', left })
    },
    [self]: left,
  } as Column<unknown> // `self` is how `operand` finds the column again; it is no part of the public type.
}

const self = Symbol('column')

function operand(value: unknown): Operand {
  if (typeof value === 'object' && value !== null) {
    if (self in value) return value[self] as Operand // put there by `column`, three functions above
    if ('caller' in value && (value.caller === 'id' || value.caller === 'tenant')) return { caller: value.caller }
  }
  if (value === undefined) throw new TypeError('rule: compares with undefined')
  if (value === null) throw new TypeError('rule: compare with null by .isNull')
  return { value }
}

/** Expressions as one text, equal for equal ones; JSON has no word for the constants of a wide integer. */
export function keyOf(exprs: Expr | readonly Expr[]): string {
  const known = keys.get(exprs)
  if (known !== undefined) return known
  const key = JSON.stringify(exprs, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
  keys.set(exprs, key)
  return key
}

// Rules are read once and never change; every call asks for the key of its own.
const keys = new WeakMap<object, string>()

/** An expression as one readable line, for messages and docs. */
export function print(expr: Expr): string {
  switch (expr.op) {
    case 'and':
    case 'or':
      return `(${expr.parts.map(print).join(` ${expr.op} `)})`
    case 'not':
      return `not ${print(expr.part)}`
    case 'exists':
      return `exists ${expr.resource} where ${print(expr.where)}`
    case 'in':
      return `${printOperand(expr.left)} in [${expr.values.map(printConstant).join(',')}]`
    case 'isNull':
      return `${printOperand(expr.left)} is null`
    default:
      return `${printOperand(expr.left)} ${expr.op} ${printOperand(expr.right)}`
  }
}

function printOperand(operand: Operand): string {
  if ('column' in operand) return `${operand.of}.${operand.column}`
  return 'caller' in operand ? `me.${operand.caller}` : printConstant(operand.value)
}

const printConstant = (value: unknown): string => (typeof value === 'bigint' ? `${value}n` : JSON.stringify(value))
