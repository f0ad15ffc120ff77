// References that a client sends must name rows it may read: a missing row and a hidden one are refused alike.
import { type FieldError, Problem } from '../base/pure/problem.ts'
import type { NounField } from '../define/noun.ts'
import type { Session } from '../store/contract.ts'
import type { Caller } from './caller.ts'
import { type House, storeOf } from './house.ts'
import { reachOf } from './permit.ts'
import { padded, type RowStore } from '../store/row_store.ts'
import type { Values } from './draft.ts'

interface Mention {
  readonly target: string
  readonly id: string
  readonly pointer: string
}

/** Fails with invalid, naming every reference that leads nowhere this caller may go. */
export async function checkReferences(house: House, session: Session, rows: RowStore, caller: Caller, values: Values): Promise<void> {
  const mentions = mentionsOf(rows, values)
  if (mentions.length === 0) return
  const errors: FieldError[] = []
  for (const target of new Set(mentions.map((one) => one.target))) {
    const own = mentions.filter((one) => one.target === target)
    const there = await visible(house, session, target, caller, own.map((one) => one.id))
    for (const { id, pointer } of own) {
      if (!there.has(id)) errors.push({ pointer, code: 'bad_reference', message: `There is no such row in ${target}.` })
    }
  }
  if (errors.length > 0) throw new Problem('invalid', 'It refers to rows that are not there.', { errors })
}

function mentionsOf(rows: RowStore, values: Values): Mention[] {
  const own = rows.noun.fields.flatMap((field) => mention(field, values[field.name], `/${field.name}`))
  const inItems = rows.items.flatMap(({ items }) => {
    const list = values[items.name]
    if (!Array.isArray(list)) return []
    return list.flatMap((item: Values, at) =>
      items.fields.flatMap((field) => mention(field, item[field.name], `/${items.name}/${at}/${field.name}`)),
    )
  })
  return [...own, ...inItems]
}

function mention({ field, client }: NounField, id: unknown, pointer: string): Mention[] {
  return client && field.to !== undefined && typeof id === 'string' ? [{ target: field.to, id, pointer }] : []
}

async function visible(house: House, session: Session, target: string, caller: Caller, ids: readonly string[]): Promise<Set<string>> {
  const rows = storeOf(house, target)
  // A resource that declares no read is reached through others only; its rows may be named.
  const reach = rows.noun.resource.spec.allow.read === undefined ? { rows: undefined } : reachOf(rows.noun.allow.read, caller)
  if (reach === undefined) return new Set()
  const asked = [...new Set(ids)]
  const made = rows.readById({ seen: reach.rows, count: padded(asked.length) })
  const found = await session.all(made.statement, made.values({ ids: asked, caller }))
  return new Set(found.map((row) => String(row[0])))
}
