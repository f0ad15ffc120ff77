// The query of a list: one page, its cursor, its count; bounded whatever is asked.
import { pageLimits } from '../base/limits.ts'
import { fold } from '../base/pure/text.ts'
import type { Stored } from '../define/field.ts'
import type { Session } from '../store/contract.ts'
import { type Key, writeCursor } from '../store/cursor.ts'
import { keyColumns } from '../store/keyset.ts'
import { type StoredRow, valueAt } from '../store/layout.ts'
import { countWord, planPage } from '../store/page.ts'
import { type PageContext, type PageInput, type PagePlan, type PageQuery, shapeOf } from '../store/page_query.ts'
import { Shapes } from '../store/sql.ts'
import type { RowStore } from '../store/row_store.ts'
import type { CallerFacts } from '../store/where.ts'
import type { Call } from './call.ts'

const plans = new WeakMap<RowStore, Shapes<PagePlan>>()

/** Fills the call with one page of rows, the next cursor, and the count if asked. */
export async function performList(call: Call): Promise<void> {
  const { rows, session, caller, access } = call
  if (session === undefined || call.query === undefined) return
  const context = contextOf(rows)
  const words = await orderWords(session.house, context, { words: call.query.words, caller })
  const query: PageQuery = { ...call.query, words: words.words, fewWords: words.few, rules: access.rows }
  const plan = planOf(rows, context, query)
  const input: PageInput = { query, caller }
  const found = await session.all(plan.page.statement, plan.page.values(input))
  const page = found.slice(0, query.limit)
  const last =
    found.length > query.limit ? keyOf(rows, query, page[page.length - 1]!) : await frontierOf(session, plan, input)
  call.found = await rows.wholes(session, page)
  call.next = last === undefined ? null : writeCursor(call.house.cursors, placeOf(call, query), last)
  if (call.counted) await count(call, session, plan, input)
}

/** Is one statement all that the page takes: no items, expansions, words or count, and no entries examined in vain. */
export function isOnePage({ rows, query, shown, counted, access }: Call): boolean {
  if (query === undefined || rows.items.length > 0 || shown.expand !== undefined) return false
  if (counted || query.words.length > 0) return false
  const asked: PageQuery = { ...query, fewWords: false, rules: access.rows }
  return planOf(rows, contextOf(rows), asked).frontier === undefined
}

/** What a cursor of this list is bound to. */
export function placeOf(
  call: Call,
  query: Omit<PageQuery, 'rules' | 'fewWords'>,
): { noun: string; shape: string; tenant: string | null } {
  const filters = query.filters.map((one) => [one.compared, one.operator, one.values])
  const shape = JSON.stringify([filters, query.keys, query.descending, query.words.toSorted()])
  // The history of a row is a list of its own, and each row has another.
  const noun = call.operation.verb === 'list' ? call.operation.noun.name : `${call.operation.id} ${call.ask.id ?? ''}`
  return { noun, shape, tenant: call.caller.tenant }
}

const contexts = new WeakMap<RowStore, PageContext>()

function contextOf(rows: RowStore): PageContext {
  const known = contexts.get(rows)
  if (known !== undefined) return known
  const context = { dialect: rows.dialect, nouns: rows.nouns, noun: rows.noun, layout: rows.layout }
  contexts.set(rows, context)
  return context
}

function planOf(rows: RowStore, context: PageContext, query: PageQuery): PagePlan {
  let shapes = plans.get(rows)
  if (shapes === undefined) plans.set(rows, (shapes = new Shapes<PagePlan>(200)))
  return shapes.get(shapeOf(query), () => planPage(context, query))
}

/**
 * The word that the fewest rows hold first; few when all of those can be examined. Rows that the caller may not see are
 * counted too: the numbers only decide how the page is read.
 */
async function orderWords(
  session: Session,
  context: PageContext,
  { words, caller }: { readonly words: readonly string[]; readonly caller: CallerFacts },
): Promise<{ words: readonly string[]; few: boolean }> {
  if (words.length === 0) return { words, few: false }
  const counted: { word: string; rows: number }[] = []
  const made = countWord(context)
  for (const word of words) {
    const [row] = await session.all(made.statement, made.values({ word, caller }))
    counted.push({ word, rows: Number(row?.[0]) })
  }
  counted.sort((a, b) => a.rows - b.rows)
  return { words: counted.map(({ word }) => word), few: counted[0]!.rows <= pageLimits.scanRows }
}

async function frontierOf(session: Session, plan: PagePlan, input: PageInput): Promise<Key | undefined> {
  if (plan.frontier === undefined) return undefined
  const [key] = await session.all(plan.frontier.statement, plan.frontier.values(input))
  return key
}

/** The key of a row in the list's order: folded where the order ignores case. */
function keyOf(rows: RowStore, query: PageQuery, row: StoredRow): Key {
  return keyColumns(contextOf(rows), query.keys).map(({ name, column }): Stored => {
    const value = valueAt(rows.layout, row, name)
    const field = rows.layout.columns[rows.layout.at.get(name) ?? -1]?.field
    return value !== null && field?.keyColumn === column ? fold(String(value)) : value
  })
}

async function count(call: Call, session: Session, plan: PagePlan, input: PageInput): Promise<void> {
  const [row] = await session.all(plan.count.statement, plan.count.values(input))
  call.exact = Number(row?.[0]) <= pageLimits.countRows
  call.count = Math.min(Number(row?.[1]), pageLimits.countRows)
}
