// Events as they are kept, read in their order.
import type { Stored } from '../../define/field.ts'
import type { Dialect, Rows, Session } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { Draft, type Prepared } from '../../store/sql.ts'
import { events } from './nouns.ts'

/** An event that has its place. */
export interface Kept {
  readonly id: string
  readonly name: string
  readonly noun: string
  readonly row: string
  readonly number: number
  /** JSON, as the transaction wrote it that emitted the event. */
  readonly data: string
  readonly tenant: string | null
  readonly request: string
  readonly at: Date
  readonly position: number
}

/** Places from one to another, both of them in it. */
export interface Range {
  readonly from: number
  readonly to: number
}

interface Asked extends Range {
  readonly most: number
}

/** The first events of a range, in order. */
export async function eventsIn(session: Session, dialect: Dialect, range: Range, most: number): Promise<Kept[]> {
  const made = statementFor(dialect)
  const rows: Rows = await session.all(made.statement, made.values({ ...range, most }))
  return rows.map(keptOf)
}

/** Beyond every place. */
export const ENDLESS = Number.MAX_SAFE_INTEGER

const columns = [
  ['id', 'uuid'],
  ['name', 'text'],
  ['noun', 'text'],
  ['row', 'text'],
  ['number', 'int'],
  ['data', 'text'],
  ['tenant', 'text'],
  ['request', 'text'],
  ['at', 'instant'],
  ['position', 'int'],
] as const

function keptOf(row: readonly Stored[]): Kept {
  const [id, name, noun, of, number, data, tenant, request, at, position] = row
  return {
    id: String(id),
    name: String(name),
    noun: String(noun),
    row: String(of),
    number: Number(number),
    data: String(data),
    tenant: tenant === null || tenant === undefined ? null : String(tenant),
    request: String(request),
    at: new Date(String(at)),
    position: Number(position),
  }
}

const statements = new WeakMap<Dialect, Prepared<Asked>>()

function statementFor(dialect: Dialect): Prepared<Asked> {
  const found = statements.get(dialect)
  if (found !== undefined) return found
  const draft = new Draft<Asked>(dialect)
  const list = columns.map(([name, storage]) => dialect.read(quote(name), storage))
  const from = draft.slot('int', (range) => range.from)
  const to = draft.slot('int', (range) => range.to)
  const text =
    `select ${list.join(', ')} from ${quote(events.name)} where "position" between ${from} and ${to} ` +
    `order by "position" limit ${draft.slot('int', ({ most }) => most)}`
  const statement = draft.finish(
    text,
    columns.map(([, storage]) => storage),
  )
  statements.set(dialect, statement)
  return statement
}
