// One page of a list: keyset, bounded, served by an index. The plan is the same for both engines, so the pages are too.
import { pageLimits } from '../base/limits.ts'
import type { Stored } from '../define/field.ts'
import { afterCursor, keyColumns, orderBy } from './keyset.ts'
import { quote, selectList } from './layout.ts'
import { type Cover, coverOf, coversUnique } from './page_cover.ts'
import type { Filter, PageContext, PageInput, PagePlan, PageQuery } from './page_query.ts'
import { conjunction, Draft, type Prepared } from './sql.ts'
import { tenantColumn, wordsTable } from './tables.ts'
import { type AsksCaller, whereSql } from './where.ts'

type Draw = Draft<PageInput>

interface Parts {
  readonly context: PageContext
  readonly query: PageQuery
  readonly cover: Cover
}

/** Makes the statements of one shape of page. */
export function planPage(context: PageContext, query: PageQuery): PagePlan {
  const parts = { context, query, cover: coverOf(context.noun, query) }
  const { cover } = parts
  const few = query.fewWords && query.words.length > 0
  const asked = cover.residual.length + cover.rules.length + query.words.length > 0
  const bounded = asked && !few && !coversUnique(context.noun, query)
  return {
    page: bounded ? scannedPage(parts, String(pageLimits.scanRows)) : wholePage(parts),
    frontier: bounded ? frontier(parts) : undefined,
    count: countOf(parts),
    carried: cover.carried,
  }
}

/** Everything in one condition: nothing is examined in vain, or what is examined is few by itself. */
function wholePage(parts: Parts): Prepared<PageInput> {
  const { context, query } = parts
  if (query.after !== undefined && keyColumns(context, query.keys)[0]?.nullable === true)
    return scannedPage(parts, undefined)
  const draft: Draw = new Draft(context.dialect)
  const [after] = afterCursor(draft, context, query, 't')
  const where = conjunction([...scanConditions(draft, parts, 't'), ...asked(draft, parts, 't'), ...present(after)])
  const text =
    `select ${selectList(context.layout, context.dialect, 't')} from ${table(parts)} as t where ${where} ` +
    `order by ${orderBy(context, query, 't')} limit ${rowsWanted(draft)}`
  return draft.finish(text, context.layout.reads)
}

/** A bounded scan of the sort's index, and the rest asked of what it gave. */
function scannedPage(parts: Parts, most: string | undefined): Prepared<PageInput> {
  const { context, query } = parts
  const draft: Draw = new Draft(context.dialect)
  const inside = most === undefined
  const scanned = scan(draft, parts, most ?? rowsWanted(draft), inside)
  const text =
    `select ${selectList(context.layout, context.dialect, 's')} from (${scanned}) as s ` +
    `where ${conjunction(inside ? [] : asked(draft, parts, 's'))} ` +
    `order by ${orderBy(context, query, 's')} limit ${rowsWanted(draft)}`
  return draft.finish(text, context.layout.reads)
}

/** The key of the last entry that the bounded scan examines; no row when it reached the end. */
function frontier(parts: Parts): Prepared<PageInput> {
  const { context, query } = parts
  const draft: Draw = new Draft(context.dialect)
  const keys = keyColumns(context, query.keys)
  const list = keys.map(({ column, storage }) => context.dialect.read(`s.${quote(column)}`, storage)).join(', ')
  const text =
    `select ${list} from (${scan(draft, parts, String(pageLimits.scanRows), false)}) as s ` +
    `order by ${orderBy(context, query, 's')} limit 1 offset ${pageLimits.scanRows - 1}`
  return draft.finish(
    text,
    keys.map((key) => key.storage),
  )
}

/** [examined, matched], both bounded. */
function countOf(parts: Parts): Prepared<PageInput> {
  const all = { ...parts, query: { ...parts.query, after: undefined } }
  const draft: Draw = new Draft(parts.context.dialect)
  const scanned = scan(draft, all, String(pageLimits.countRows + 1), false)
  const rest = conjunction(asked(draft, all, 's'))
  return draft.finish(`select count(*), coalesce(sum(case when ${rest} then 1 else 0 end), 0) from (${scanned}) as s`, [
    'int',
    'int',
  ])
}

/** The entries of the index in order, after the cursor, at most so many; `inside` asks the rest there already. */
function scan(draft: Draw, parts: Parts, most: string, inside: boolean): string {
  const { context, query } = parts
  const branches = afterCursor(draft, context, query, 't').map((after) => {
    const where = [...scanConditions(draft, parts, 't'), ...(inside ? asked(draft, parts, 't') : []), ...present(after)]
    const order = orderBy(context, query, 't')
    return `select t.* from ${table(parts)} as t where ${conjunction(where)} order by ${order} limit ${most}`
  })
  if (branches.length === 1) return branches[0]!
  const joined = branches.map((branch, at) => `select * from (${branch}) as b${at}`).join(' union all ')
  return `select t.* from (${joined}) as t order by ${orderBy(context, query, 't')} limit ${most}`
}

const rowsWanted = (draft: Draw): string => draft.slot('int', (input) => input.query.limit + 1)
const present = (text: string | undefined): string[] => (text === undefined ? [] : [text])
const table = ({ context }: Parts): string => quote(context.layout.table)

// ---- conditions

function scanConditions(draft: Draw, parts: Parts, alias: string): string[] {
  const { context, query, cover } = parts
  const tenant = tenantColumn(context.noun)
  const own =
    tenant === undefined ? [] : [`${alias}.${quote(tenant)} = ${draft.slot('uuid', (input) => input.caller.tenant)}`]
  const bound = cover.bound === undefined ? [] : [whereSql(draft, context.nouns, context.noun, alias, cover.bound)]
  return [...own, ...bound, ...cover.served.map((one) => filterSql(draft, context, query, one, alias))]
}

function asked(draft: Draw, parts: Parts, alias: string): string[] {
  const { context, query, cover } = parts
  return [
    ...cover.residual.map((one) => filterSql(draft, context, query, one, alias)),
    ...ruleSql(draft, parts, alias),
    ...query.words.map((_, at) => wordSql(draft, parts, alias, at)),
  ]
}

function ruleSql(draft: Draw, { context, query, cover }: Parts, alias: string): string[] {
  if (query.rules?.length === 0) return ['false']
  if (cover.rules.length === 0) return []
  return [`(${cover.rules.map((expr) => whereSql(draft, context.nouns, context.noun, alias, expr)).join(' or ')})`]
}

function wordSql(draft: Draw, { context, query }: Parts, alias: string, at: number): string {
  const from = draft.slot('text', (input) => input.query.words[at] ?? '')
  const to = draft.slot('text', (input) => `${input.query.words[at] ?? ''}\u{10ffff}`)
  const own = ownWords(draft, context)
  const words = `from ${quote(wordsTable(context.noun))} as w where ${own}w."word" >= ${from} and w."word" < ${to}`
  if (query.fewWords && at === 0) return `${alias}."id" in (select w."row" ${words})`
  return `exists (select 1 ${words} and w."row" = ${alias}."id")`
}

/** The words of the caller's tenant alone: what others have decides neither what is found nor how. */
function ownWords<T extends AsksCaller>(draft: Draft<T>, { noun }: PageContext): string {
  const tenant = tenantColumn(noun)
  return tenant === undefined ? '' : `w.${quote(tenant)} = ${draft.slot('uuid', ({ caller }) => caller.tenant)} and `
}

const comparison = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

function filterSql(draft: Draw, context: PageContext, query: PageQuery, filter: Filter, alias: string): string {
  const at = query.filters.indexOf(filter)
  const column = `${alias}.${quote(filter.compared)}`
  const { storage } = filter.column
  const value =
    (index: number) =>
    (input: PageInput): Stored =>
      input.query.filters[at]?.values[index] ?? null
  switch (filter.operator) {
    case 'null':
      return `${column} is ${filter.values[0] === true ? '' : 'not '}null`
    case 'in':
      return `${column} in (${filter.values.map((_, index) => draft.slot(storage, value(index))).join(', ')})`
    case 'like':
      return context.dialect.like(
        column,
        draft.slot('text', (input) => context.dialect.likePattern(String(value(0)(input)))),
      )
    case 'ne':
      return `(${column} <> ${draft.slot(storage, value(0))} or ${column} is null)`
    default:
      return `${column} ${comparison[filter.operator]} ${draft.slot(storage, value(0))}`
  }
}

interface CountInput extends AsksCaller {
  readonly word: string
}

/** How many rows hold a word with that beginning, counted to one more than a scan may examine. */
export function countWord(context: PageContext): Prepared<CountInput> {
  const draft = new Draft<CountInput>(context.dialect)
  const from = draft.slot('text', (input) => input.word)
  const to = draft.slot('text', (input) => `${input.word}\u{10ffff}`)
  const own = ownWords(draft, context)
  const table = quote(wordsTable(context.noun))
  const words = `select 1 from ${table} as w where ${own}w."word" >= ${from} and w."word" < ${to}`
  return draft.finish(`select count(*) from (${words} limit ${pageLimits.scanRows + 1}) as c`, ['int'])
}
