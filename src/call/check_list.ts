// Judges what a list or a read asks: every name known, every value of its field's kind, every sort served by an index.
import { pageLimits } from '../base/limits.ts'
import { Problem } from '../base/pure/problem.ts'
import { parseInstant } from '../base/pure/calendar.ts'
import { fold, wordsOf } from '../base/pure/text.ts'
import type { Operator, Stored } from '../define/field.ts'
import { collectIssues } from '../define/fields/issues.ts'
import type { Noun, NounField } from '../define/noun.ts'
import { readCursor } from '../store/cursor.ts'
import type { LayoutColumn } from '../store/layout.ts'
import type { Filter } from '../store/page_query.ts'
import { comparedColumn } from '../store/tables.ts'
import type { AskedFilter, Call } from './call.ts'
import { type Caller, satisfies } from './caller.ts'
import { readExpand } from './expand.ts'
import { placeOf } from './list.ts'

const bad = (parameter: string, why: string): Problem => new Problem('malformed', `Parameter "${parameter}": ${why}.`)

/** Fills the call with the page it asks for. Fails with malformed, naming the parameter. */
export function checkList(call: Call): void {
  const { query: asked, narrowed } = call.ask
  if (asked === undefined) return
  checkShown(call)
  const filters = asked.filters.map((one) => readFilter(call, one))
  if (narrowed !== undefined) filters.push(narrowTo(call, narrowed.field, narrowed.id))
  const query = {
    filters,
    ...readSort(call, asked.sort),
    limit: readLimit(asked.limit),
    words: readWords(call, asked.words),
    after: undefined,
  }
  call.query = { ...query, after: readAfter(call, query, asked.after) }
  if (asked.count !== undefined && asked.count !== 'exact') throw bad('count', 'the only value is "exact"')
  call.counted = asked.count === 'exact'
}

/** Fills the call with the page of a row's history that it asks for: newest first, nothing to choose but how many. */
export function checkHistory(call: Call): void {
  const { limit, after } = call.ask.query ?? {}
  const query = { filters: [], keys: [], descending: true, limit: readLimit(limit), words: [], after: undefined }
  call.query = { ...query, after: readAfter(call, query, after) }
}

/** Fills the call with the fields and expansions that a list or a read asks to see. */
export function checkShown(call: Call): void {
  const asked = call.ask.query
  if (asked?.fields === undefined && asked?.expand === undefined) return
  const { house, operation } = call
  call.shown = {
    fields: asked.fields === undefined ? undefined : readFields(operation.noun, call.caller, asked.fields),
    expand: asked.expand === undefined ? undefined : readExpand(house.model, operation.noun, asked.expand),
  }
}

function readFields(noun: Noun, caller: Caller, text: string): Set<string> {
  const names = text.split(',')
  for (const name of names) {
    const field = noun.byName.get(name)
    if (!isMeta(name) && (field === undefined || !mayName(field, caller)))
      throw bad('fields', `there is no field "${name}"`)
  }
  return new Set(names)
}

const isMeta = (name: string): boolean => name === 'id' || name === 'createdAt' || name === 'updatedAt'

// A field that some rows hide from this caller is as good as absent in filters and sorts, or they would tell its value.
function mayName(field: { shown: boolean } & Partial<Pick<NounField, 'read'>>, caller: Caller): boolean {
  return field.shown && (field.read === undefined || field.read.callers.some((rule) => satisfies(caller, rule)))
}

// ---- filters

const every: readonly Operator[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'like', 'null']
const metaOperators: readonly Operator[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in']
/** Wildcards of one `like`: more make matching slow and find nothing better. */
const wildcards = 5

function readFilter(call: Call, asked: AskedFilter): Filter {
  const { column, field } = columnFor(call, asked)
  const operator = every.find((one) => one === asked.operator)
  const known = field === undefined ? metaOperators : field.field.kind.operators
  if (operator === undefined || !known.includes(operator)) {
    throw bad(asked.parameter, `"${asked.operator}" is not an operator of this field; it has ${known.join(', ')}`)
  }
  const compared = comparedColumn(call.operation.noun, asked.field)
  return { column, compared, operator, values: readValues(asked, operator, column, compared) }
}

function columnFor(call: Call, asked: AskedFilter): { column: LayoutColumn; field: NounField | undefined } {
  const { rows, caller } = call
  const column = rows.layout.columns.find((one) => one.name === asked.field && one.name !== 'version')
  if (column === undefined || (column.field !== undefined && !mayName(column.field, caller))) {
    throw bad(asked.parameter, `there is no field "${asked.field}" to filter by`)
  }
  return { column, field: column.field }
}

function readValues(asked: AskedFilter, operator: Operator, column: LayoutColumn, compared: string): Stored[] {
  if (operator === 'null') {
    if (asked.text !== 'true' && asked.text !== 'false') throw bad(asked.parameter, 'the value is true or false')
    return [asked.text === 'true']
  }
  const folded = column.field?.keyColumn === compared
  if (operator === 'like') return [readPattern(asked, folded)]
  const texts = operator === 'in' ? asked.text.split(',') : [asked.text]
  if (texts.length > 100) throw bad(asked.parameter, 'at most 100 values')
  return texts.map((text) => {
    const stored = readValue(asked, column, text)
    return folded && stored !== null ? fold(String(stored)) : stored
  })
}

function readPattern({ text, parameter }: AskedFilter, folded: boolean): string {
  if (text.length === 0 || text.length > 100) throw bad(parameter, 'a pattern has 1 to 100 characters')
  if (text.includes('\0') || !text.isWellFormed())
    throw bad(parameter, 'the text holds characters that cannot be stored')
  if ((text.match(/[%_]/g)?.length ?? 0) > wildcards) throw bad(parameter, `at most ${wildcards} wildcards`)
  if (/(^|[^\\])(\\\\)*\\$/.test(text)) throw bad(parameter, 'a pattern does not end in a single \\')
  return folded ? fold(text) : text
}

function readValue({ parameter }: AskedFilter, column: LayoutColumn, text: string): Stored {
  const { field, storage } = column
  if (field === undefined) return readMeta(parameter, storage, text)
  const { kind } = field.field
  const issues = collectIssues()
  const value = kind.parse(kind.fromText(text), '', issues)
  if (value === undefined || issues.found.length > 0) {
    // Bounds of the field do not bind a comparison: what no row can hold finds nothing, what is no value is refused.
    const found = issues.found.find((issue) => !bounds.has(issue.code)) ?? issues.found[0]
    throw bad(parameter, found === undefined ? 'the value is not of this field' : found.message.replace(/\.$/, ''))
  }
  return kind.toStored(value, { table: '', column: '', row: '', seal: unsealed, open: unsealed })
}

const bounds = new Set(['too_small', 'too_large', 'too_short', 'too_long'])

function unsealed(): never {
  throw new TypeError('a sealed field is not compared')
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function readMeta(parameter: string, storage: LayoutColumn['storage'], text: string): Stored {
  if (storage === 'uuid') {
    if (!uuid.test(text)) throw bad(parameter, 'the value is not an id')
    return text
  }
  const instant = parseInstant(text)
  if (instant === undefined) throw bad(parameter, 'the value is not a time such as 2026-01-31T12:00:00.000Z')
  return instant
}

function narrowTo(call: Call, field: string, id: string): Filter {
  const column = call.rows.layout.columns.find((one) => one.name === field)
  // Whose rows they are would be told by the list, where the caller may not see it in the rows themselves.
  if (column?.field !== undefined && !mayName(column.field, call.caller))
    throw new Problem('not_found', 'There is nothing at this address.')
  if (column === undefined) throw new TypeError(`${call.operation.noun.name}: no column for "${field}"`)
  return { column, compared: column.column, operator: 'eq', values: [id] }
}

// ---- order, size, place

function readSort(call: Call, text: string | undefined): { keys: readonly string[]; descending: boolean } {
  if (text === undefined) return { keys: [], descending: true } // newest first
  const parts = text.split(',')
  const descending = parts[0]?.startsWith('-') === true
  if (parts.some((part) => part.startsWith('-') !== descending)) throw bad('sort', 'one direction for all keys')
  const names = parts.map((part) => (descending ? part.slice(1) : part))
  if (names.includes('')) throw bad('sort', 'a name is missing')
  const keys = names.at(-1) === 'id' ? names.slice(0, -1) : names
  const { noun } = call.operation
  const served = noun.sorts.find((sort) => sort.keys.join() === keys.join())
  const fields = keys.map((key) => noun.byName.get(key)).filter((field) => field !== undefined)
  if (served === undefined || fields.some((field) => !mayName(field, call.caller))) {
    const known = noun.sorts.map((sort) => (sort.keys.length === 0 ? 'id' : sort.keys.join())).join(' · ')
    throw bad('sort', `no index serves "${names.join()}"; there are ${known}`)
  }
  return { keys, descending }
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return pageLimits.defaultRows
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > pageLimits.maxRows)
    throw bad('limit', `a number from 1 to ${pageLimits.maxRows}`)
  return Number(text)
}

function readWords(call: Call, text: string | undefined): readonly string[] {
  if (text === undefined) return []
  const { noun } = call.operation
  // The words of all searched fields lie in one index: who may not see one of them would learn its words there.
  const isOpen = noun.search.every((name) => mayName(noun.byName.get(name)!, call.caller))
  if (noun.search.length === 0 || !isOpen) throw bad('q', `${noun.name} has no full text search`)
  if (text.includes('\0') || !text.isWellFormed() || text.length > 200)
    throw bad('q', 'a text of at most 200 characters')
  const words = wordsOf(text)
  if (words.length === 0) throw bad('q', 'there is no word in it')
  if (words.length > pageLimits.searchWords) throw bad('q', `at most ${pageLimits.searchWords} words`)
  return words
}

function readAfter(
  call: Call,
  query: Parameters<typeof placeOf>[1],
  cursor: string | undefined,
): Filter['values'] | undefined {
  if (cursor === undefined) return undefined
  const key = readCursor(call.house.cursors, placeOf(call, query), cursor, query.keys.length + 1)
  if (key === undefined) throw bad('after', 'the cursor is not one of this list')
  return key
}
