// `GET /{resource}/{id}/history`: who changed the row, newest first; nothing in it that the caller may not read.
import type { Call } from '../../call/call.ts'
import type { Caller } from '../../call/caller.ts'
import { storeOf } from '../../call/house.ts'
import { placeOf } from '../../call/list.ts'
import { mayRead } from '../../call/show.ts'
import type { Stored } from '../../define/field.ts'
import type { Dialect, Session } from '../../store/contract.ts'
import { writeCursor } from '../../store/cursor.ts'
import { type Layout, quote, type StoredRow } from '../../store/layout.ts'
import type { RowStore } from '../../store/row_store.ts'
import { Draft, type Prepared, Shapes } from '../../store/sql.ts'
import { readContent, said } from './content.ts'
import { entries } from './nouns.ts'
import { type Asked as AskedWaiting, waitingOf } from './waiting.ts'

/** What one line is made of, in the order it is shown. */
const columns = ['id', 'createdAt', 'operation', 'change', 'caller', 'request', 'before', 'after'] as const

/** Answers one page of the history of the row that was loaded. */
export async function readHistory(call: Call): Promise<void> {
  const { house, session, query, before, rows, caller } = call
  if (session === undefined || query === undefined || before === undefined) return
  const after = query.after?.[0]
  const asked = { row: String(before.row[0]), noun: rows.noun.name, limit: query.limit + 1, before: textOf(after) }
  const found = await linesOf(call, session.house, asked)
  const page = found.slice(0, query.limit)
  const readable = readableOf(rows, before.row, caller)
  const last = found.length > query.limit ? page.at(-1) : undefined
  call.answer = {
    shape: 'page',
    data: page.map((line) => showLine(line, readable)),
    next: last === undefined ? null : writeCursor(house.cursors, placeOf(call, query), [last[0] ?? null]),
    count: undefined,
    exact: true,
  }
}

const textOf = (value: Stored | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

/** The newest lines: those that wait for their place, and those that have it. */
async function linesOf({ house }: Call, session: Session, asked: Asked): Promise<StoredRow[]> {
  const open = (await waitingOf(house, session, asked)).map((content) => lineOf(content))
  const { layout, dialect } = storeOf(house, entries.name)
  const made = statementFor(layout, dialect, asked.before !== undefined)
  const sealed = await session.all(made.statement, made.values(asked))
  return [...open, ...sealed].toSorted((a, b) => (String(a[0]) < String(b[0]) ? 1 : -1)).slice(0, asked.limit)
}

function lineOf(content: string): StoredRow {
  const values = readContent(content) ?? []
  return columns.map((name) => values[said.indexOf(name)] ?? null)
}

/** For each field that may be shown, which parts of its items; a field that is no longer declared is in none. */
type Readable = ReadonlyMap<string, ReadonlySet<string> | undefined>

function readableOf({ noun, layout }: RowStore, row: StoredRow, caller: Caller): Readable {
  const fields = noun.fields.filter((field) => field.shown && mayRead(field, layout, row, caller))
  const items = noun.items.filter((one) => one.shown && mayRead(one, layout, row, caller))
  return new Map([
    ...fields.map(({ name }) => [name, undefined] as const),
    ...items.map(({ name, fields: parts }) => [name, shownNames(parts)] as const),
  ])
}

const shownNames = (fields: readonly { readonly name: string; readonly shown: boolean }[]): Set<string> =>
  new Set(fields.filter(({ shown }) => shown).map(({ name }) => name))

function showLine(line: StoredRow, readable: Readable): object {
  const [id, at, operation, change, caller, request, before, after] = line
  return {
    id,
    at,
    operation,
    change,
    caller,
    requestId: request,
    before: showHalf(before, readable),
    after: showHalf(after, readable),
  }
}

function showHalf(text: StoredRow[number] | undefined, readable: Readable): object | null {
  if (typeof text !== 'string') return null
  const kept: object = JSON.parse(text) // written by `record`
  const shown = Object.entries(kept).filter(([name]) => readable.has(name))
  return Object.fromEntries(shown.map(([name, value]) => [name, showParts(value, readable.get(name))]))
}

function showParts(value: unknown, parts: ReadonlySet<string> | undefined): unknown {
  if (parts === undefined || !Array.isArray(value)) return value
  return value.map((item: object) => Object.fromEntries(Object.entries(item).filter(([name]) => parts.has(name))))
}

interface Asked extends AskedWaiting {
  readonly limit: number
}

const statements = new WeakMap<Layout, Shapes<Prepared<Asked>>>()

function statementFor(layout: Layout, dialect: Dialect, goesOn: boolean): Prepared<Asked> {
  let shapes = statements.get(layout)
  if (shapes === undefined) statements.set(layout, (shapes = new Shapes(2)))
  return shapes.get(String(goesOn), () => makeStatement(layout, dialect, goesOn))
}

function makeStatement(layout: Layout, dialect: Dialect, goesOn: boolean): Prepared<Asked> {
  const draft = new Draft<Asked>(dialect)
  const read = columns.map((name) => layout.columns[layout.at.get(name) ?? -1]!)
  const list = read.map(({ column, storage }) => dialect.read(`t.${quote(column)}`, storage)).join(', ')
  const row = draft.slot('text', (asked) => asked.row)
  const noun = draft.slot('text', (asked) => asked.noun)
  const after = goesOn ? ` and t."id" < ${draft.slot('uuid', (asked) => asked.before ?? null)}` : ''
  const text =
    `select ${list} from ${quote(layout.table)} as t where t."row" = ${row} and t."noun" = ${noun}${after} ` +
    `order by t."id" desc limit ${draft.slot('int', (asked) => asked.limit)}`
  return draft.finish(
    text,
    read.map(({ storage }) => storage),
  )
}
