// What a page asks, checked: filters, sort, cursor, words and rules, before it becomes a statement.
import type { Operator, Stored } from '../define/field.ts'
import type { Noun } from '../define/noun.ts'
import { type Expr, keyOf } from '../define/predicate.ts'
import type { Dialect } from './contract.ts'
import type { Key } from './cursor.ts'
import type { Layout, LayoutColumn } from './layout.ts'
import type { Prepared } from './sql.ts'
import type { CallerFacts, Nouns } from './where.ts'

/** One condition of the list language on a field, its values stored (folded where case is ignored). */
export interface Filter {
  readonly column: LayoutColumn
  /** The column compared: the folded one where case is ignored. */
  readonly compared: string
  readonly operator: Operator
  /** One value; several for `in`; true or false for `null`. */
  readonly values: readonly Stored[]
}

/** What a page asks, checked. */
export interface PageQuery {
  readonly filters: readonly Filter[]
  readonly keys: readonly string[]
  readonly descending: boolean
  readonly limit: number
  readonly after: Key | undefined
  /** Folded words that a row must contain, each as a prefix. */
  readonly words: readonly string[]
  /** True where few rows hold the rarest word, so that they are the scan; false where the sort's index is. */
  readonly fewWords: boolean
  /** Row rules, one of which must hold; undefined when the caller sees all. */
  readonly rules: readonly Expr[] | undefined
}

/** Inputs of a page's statements. */
export interface PageInput {
  readonly query: PageQuery
  readonly caller: CallerFacts
}

export interface PageContext {
  readonly dialect: Dialect
  readonly nouns: Nouns
  readonly noun: Noun
  readonly layout: Layout
}

/** The statements of one shape of page. */
export interface PagePlan {
  readonly page: Prepared<PageInput>
  /** The key of the last entry the page may examine; undefined where nothing is examined in vain. */
  readonly frontier: Prepared<PageInput> | undefined
  /** [examined, matched], both bounded. */
  readonly count: Prepared<PageInput>
  /** Names of the index columns that carry the page, for tests and messages. */
  readonly carried: readonly string[]
}

/** Equal for queries that need the same statements; values are not part of it. */
export function shapeOf(query: PageQuery): string {
  const filters = query.filters.map(
    (one) => `${one.compared} ${one.operator} ${one.operator === 'null' ? one.values[0] : one.values.length}`,
  )
  const after = query.after?.map((value) => (value === null ? '0' : '1')).join('') ?? ''
  return JSON.stringify([
    filters,
    query.keys,
    query.descending,
    after,
    query.words.length,
    query.fewWords,
    query.rules && keyOf(query.rules),
  ])
}
