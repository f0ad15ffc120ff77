// `tx.emit`: the row is locked, the event is written beside it, and both commit or neither does.
import { eventLimits } from '../../base/limits.ts'
import { Problem } from '../../base/pure/problem.ts'
import type { Values } from '../../call/draft.ts'
import { storeOf } from '../../call/house.ts'
import { writePayload } from '../../call/payload.ts'
import type { Work } from '../../call/work.ts'
import type { Event } from '../../define/event.ts'
import type { Dialect } from '../../store/contract.ts'
import { quote, type StoredRow, valueAt } from '../../store/layout.ts'
import type { RowStore } from '../../store/row_store.ts'
import { Draft, type Prepared } from '../../store/sql.ts'
import { channels } from './channels.ts'
import { events } from './nouns.ts'

/** Writes an event of the row. Fails with not_found for a row that is not there, with TypeError for wrong data. */
export async function emit(work: Work, event: Event, of: string, data: Values): Promise<void> {
  const { house, session, now, deed } = work
  if (house.model.events.get(event.name) !== event) {
    throw new TypeError(`event "${event.name}" is not among the app's parts`)
  }
  const text = writePayload(event.fields, data, `event ${event.name}`)
  if (Buffer.byteLength(text) > eventLimits.dataBytes)
    throw new TypeError(`event ${event.name}: its data has more than ${eventLimits.dataBytes} bytes; tell where it is`)
  const whose = await lock(work, storeOf(house, event.of.name), of)
  const { name } = event
  const { requestId: request } = deed.origin
  // Code that spans tenants tells of rows of each; who hears of it is at work in that of the row.
  const tenant = whose ?? deed.caller.tenant
  const insert = insertFor(house.engine.dialect)
  const row = {
    id: house.id(),
    name,
    noun: event.of.name,
    row: of,
    data: text,
    request,
    tenant,
    now: now.toISOString(),
  }
  await session.all(insert.statement, insert.values(row))
  work.channels.add(channels.emitted)
}

// The events of one row are told in the order of their commits, so the row stays locked until this one commits. A row
// that this transaction has made or changed is locked already. Answers the row's tenant.
async function lock({ session, changes }: Work, rows: RowStore, id: string): Promise<string | undefined> {
  const change = changes.findLast((one) => one.rows === rows && (one.after ?? one.before)?.row[0] === id)
  if (change?.after !== undefined) return tenantOf(rows, change.after.row)
  const read = rows.readById({ seen: undefined, lock: true, count: 1 })
  const [found] = await session.all(read.statement, read.values({ ids: [id], caller: { id: null, tenant: null } }))
  if (found === undefined) throw new Problem('not_found', `There is no such row in ${rows.noun.name}.`)
  return tenantOf(rows, found)
}

const tenantOf = ({ noun, layout }: RowStore, row: StoredRow): string | undefined =>
  noun.tenant === undefined ? undefined : String(valueAt(layout, row, noun.tenant))

interface NewEvent {
  readonly id: string
  readonly name: string
  readonly noun: string
  readonly row: string
  readonly data: string
  readonly request: string
  readonly tenant: string | null
  readonly now: string
}

const inserts = new WeakMap<Dialect, Prepared<NewEvent>>()

function insertFor(dialect: Dialect): Prepared<NewEvent> {
  const found = inserts.get(dialect)
  if (found !== undefined) return found
  const draft = new Draft<NewEvent>(dialect)
  const slots = [
    draft.slot('uuid', ({ id }) => id),
    ...(['name', 'noun', 'row', 'data', 'request', 'tenant'] as const).map((key) =>
      draft.slot('text', (row) => row[key]),
    ),
  ]
  const now = draft.slot('instant', (row) => row.now)
  const text =
    `insert into ${quote(events.name)} ("id", "name", "noun", "row", "data", "request", "tenant", ` +
    `"at", "created_at", "updated_at", "version", "arrival") ` +
    `values (${slots.join(', ')}, ${now}, ${now}, ${now}, 1, ${dialect.arrival(events.name)})`
  const made = draft.finish(text, [])
  inserts.set(dialect, made)
  return made
}
