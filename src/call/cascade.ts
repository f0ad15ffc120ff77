// What a delete takes along: rows that refer to the row and go with it, or forget it. The database does it; this tells.
import type { Model } from '../define/model.ts'
import type { Noun, NounField } from '../define/noun.ts'
import type { Session } from '../store/contract.ts'
import type { RowStore, Whole } from '../store/row_store.ts'
import { findRows } from './find.ts'
import { type House, storeOf } from './house.ts'
import type { Change } from './work.ts'

/** Rows that one delete tells of; the database takes all of them along. */
const most = 10_000
const page = 500

/** A reference of another noun that ends with the row it names, or with that row's id. */
interface Inbound {
  readonly noun: Noun
  readonly field: NounField
}

/**
 * Reads what a delete of the row will take along, before it does, row by row and level by level. The row is locked by
 * then, so nobody can begin to refer to it. Nothing is read where no reference cascades or clears.
 */
export async function takenAlong(house: House, session: Session, rows: RowStore, id: string): Promise<Change[]> {
  const found: Change[] = []
  const seen = new Set([`${rows.noun.name} ${id}`])
  await follow({ house, session, found, seen }, rows.noun.name, id)
  return found
}

interface Following {
  readonly house: House
  readonly session: Session
  readonly found: Change[]
  readonly seen: Set<string>
}

async function follow(following: Following, noun: string, id: string): Promise<void> {
  for (const { noun: from, field } of inboundOf(following.house.model, noun)) {
    const rows = storeOf(following.house, from.name)
    for await (const before of referring(following.session, rows, field.name, id)) {
      const own = String(before.row[0])
      const key = `${from.name} ${own}`
      if (following.seen.has(key) || following.found.length >= most) continue
      following.seen.add(key)
      following.found.push({ rows, before, after: afterwards(rows, field, before) })
      if (field.field.onDelete === 'cascade') await follow(following, from.name, own)
    }
  }
}

function afterwards({ layout }: RowStore, { name, field }: NounField, before: Whole): Whole | undefined {
  if (field.onDelete === 'cascade') return undefined
  return { row: before.row.with(layout.at.get(name) ?? -1, null), items: before.items }
}

async function* referring(session: Session, rows: RowStore, field: string, id: string): AsyncGenerator<Whole> {
  for (let after: string | undefined; ;) {
    const match = { [field]: id, ...(after !== undefined && { id: { gt: after } }) }
    const found = await findRows(rows, session, match, { limit: page })
    yield* await rows.wholes(session, found)
    if (found.length < page) return
    after = String(found.at(-1)?.[0])
  }
}

const known = new WeakMap<Model, ReadonlyMap<string, readonly Inbound[]>>()

function inboundOf(model: Model, noun: string): readonly Inbound[] {
  const found = known.get(model) ?? readInbound(model)
  known.set(model, found)
  return found.get(noun) ?? []
}

function readInbound({ nouns }: Model): Map<string, Inbound[]> {
  const found = new Map<string, Inbound[]>()
  for (const noun of nouns.values()) {
    for (const field of noun.fields) {
      const { to, onDelete } = field.field
      if (to === undefined || onDelete === undefined || onDelete === 'restrict') continue
      found.set(to, [...(found.get(to) ?? []), { noun, field }])
    }
  }
  return found
}
