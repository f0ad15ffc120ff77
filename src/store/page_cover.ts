// Which index carries a page, and what it leaves to be asked of the rows it gives: one plan for both engines.
import type { Operator } from '../define/field.ts'
import type { Noun } from '../define/noun.ts'
import type { Expr } from '../define/predicate.ts'
import type { Filter, PageQuery } from './page_query.ts'
import { comparedColumn, indexColumnsOf, leadingColumn, tenantColumn } from './tables.ts'

export interface Cover {
  /** Filters inside the scan, which the index serves. */
  readonly served: readonly Filter[]
  /** Filters on what the scan gave. */
  readonly residual: readonly Filter[]
  /** The one rule that the scan itself is bound to. */
  readonly bound: Expr | undefined
  /** Rules asked of what the scan gave. */
  readonly rules: readonly Expr[]
  readonly carried: readonly string[]
}

/** Which index carries the page: the one that ends in the sort and has the most of our equalities before it. */
export function coverOf(noun: Noun, query: PageQuery): Cover {
  const sort = [...query.keys.map((key) => comparedColumn(noun, key)), 'id']
  const only = query.rules?.length === 1 ? query.rules[0] : undefined
  const lead = only && leadingColumn(noun, only)
  const tenant = tenantColumn(noun)
  const equal = new Set(query.filters.filter((one) => one.operator === 'eq').map((one) => one.compared))
  const usable = [...indexColumnsOf(noun), ['id']].filter((columns) => {
    const front = columns.slice(0, columns.length - sort.length)
    const back = columns.slice(columns.length - sort.length)
    return (
      back.join() === sort.join() && front.every((column) => column === tenant || column === lead || equal.has(column))
    )
  })
  const best =
    usable.toSorted(
      (a, b) => b.length - a.length || Number(b.includes(lead ?? '')) - Number(a.includes(lead ?? '')),
    )[0] ?? sort
  const front = new Set(best.slice(0, best.length - sort.length))
  const first = sort[0]
  const served = query.filters.filter((one) => servesFilter(one, front, first))
  const bound = only !== undefined && lead !== undefined && front.has(lead) && leadsWholly(only) ? only : undefined
  return {
    served,
    residual: query.filters.filter((one) => !served.includes(one)),
    bound,
    rules: query.rules === undefined || bound !== undefined ? [] : query.rules,
    carried: best,
  }
}

// A rule that is more than its leading equality still has something to ask of each row.
const leadsWholly = (expr: Expr): boolean => expr.op === 'is'

const ranges: ReadonlySet<Operator> = new Set(['lt', 'lte', 'gt', 'gte'])

function servesFilter(filter: Filter, front: ReadonlySet<string>, first: string | undefined): boolean {
  if (filter.operator === 'eq' && front.has(filter.compared)) return true
  return filter.compared === first && (ranges.has(filter.operator) || filter.operator === 'eq')
}

/** Equality on all columns of a unique key finds one row at most: nothing needs a bound then. */
export function coversUnique(noun: Noun, query: PageQuery): boolean {
  const equal = new Set(query.filters.filter((one) => one.operator === 'eq').map((one) => one.column.name))
  return equal.has('id') || noun.uniques.some((names) => names.every((name) => equal.has(name)))
}
