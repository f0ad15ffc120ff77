// The sessions that a process remembers, each with who it is now and with which roles.
import { sessionLimits } from '../../base/limits.ts'
import type { Caller } from '../../call/caller.ts'
import { type House, storeOf } from '../../call/house.ts'
import { valuesOf } from '../../call/draft.ts'
import type { Resource, Row } from '../../define/resource.ts'
import type { Fields } from '../../define/field.ts'
import { accounts, rolesOf, sessions } from '../accounts/index.ts'
import { createMemory, type Memory } from './memory.ts'

/** A session that is good now. */
export interface Alive {
  readonly caller: Caller
  readonly provedMs: number
}

export interface SessionMemory {
  /** The session by its id; undefined where it has ended. */
  readonly find: Memory<Alive>
}

/** The sessions that a process remembers. */
export function createSessionMemory(house: House): SessionMemory {
  return Object.freeze({ find: createMemory(house, (id, nowMs) => look(house, id, nowMs)) })
}

async function look(house: House, id: string, nowMs: number): Promise<Alive | undefined> {
  const session = await rowOf(house, sessions, id)
  const account = session && (await rowOf(house, accounts, session.account))
  const isGood = session && account && account.state === 'active' && isOpen(session, nowMs)
  return isGood ? { caller: callerOf(id, account), provedMs: session.provedAt.getTime() } : undefined
}

/** Is the session within its times? */
export const isOpen = ({ usedAt, endsAt }: Pick<Row<typeof sessions>, 'usedAt' | 'endsAt'>, nowMs: number): boolean =>
  endsAt.getTime() > nowMs && usedAt.getTime() + sessionLimits.idleMs > nowMs

const callerOf = (session: string, { id, roles }: Row<typeof accounts>): Caller =>
  Object.freeze({ id, tenant: null, roles: Object.freeze(rolesOf(roles)), session, budget: `account ${id}` })

/** A row by its id, outside a transaction; undefined where there is none. */
export async function rowOf<N extends string, F extends Fields, O extends string>(
  house: House,
  noun: Resource<N, F, O>,
  id: string,
): Promise<Row<Resource<N, F, O>> | undefined> {
  const rows = storeOf(house, noun.name)
  const made = rows.readById({ seen: undefined, count: 1 })
  const found = await house.engine.query(made.statement, made.values({ ids: [id], caller: { id: null, tenant: null } }))
  const [row] = found
  // The layout of this noun makes exactly its row.
  return row && (valuesOf(house.sealing, rows, { row, items: [] }) as Row<Resource<N, F, O>>)
}
