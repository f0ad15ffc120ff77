// What a process remembers of sessions, for a second at most: a verified request costs no statement most of the time.
import { sessionLimits } from '../../base/limits.ts'
import type { Caller } from '../../call/caller.ts'
import { type House, storeOf } from '../../call/house.ts'
import { valuesOf } from '../../call/draft.ts'
import type { Resource, Row } from '../../define/resource.ts'
import type { Fields } from '../../define/field.ts'
import { accounts, rolesOf, sessions } from '../accounts/index.ts'

/** A session that is good now. */
export interface Alive {
  readonly caller: Caller
  readonly provedMs: number
}

export interface SessionMemory {
  /** The session by its id; undefined where it has ended. */
  readonly find: (id: string) => Alive | undefined | Promise<Alive | undefined>
}

interface Remembered {
  readonly alive: Alive | undefined
  readonly atMs: number
}

/** Remembers sessions until one is written, in whichever process, or a second has gone by. */
export function createSessionMemory(house: House): SessionMemory {
  // A new memory with each wake: what was asked before it is kept in the old one, which nobody asks any more.
  const memory = { known: new Map<string, Remembered>() }
  house.engine.listen('sessions', () => {
    memory.known = new Map()
  })
  return Object.freeze({
    find: (id: string) => {
      const { known } = memory
      const found = known.get(id)
      if (found !== undefined && isYoung(found, house.clock.ms())) return found.alive
      return look(house, known, id)
    },
  })
}

async function look(house: House, known: Map<string, Remembered>, id: string): Promise<Alive | undefined> {
  const askedMs = house.clock.ms()
  const session = await rowOf(house, sessions, id)
  const account = session && (await rowOf(house, accounts, session.account))
  const isGood = session && account && account.state === 'active' && isOpen(session, askedMs)
  const alive = isGood ? { caller: callerOf(id, account), provedMs: session.provedAt.getTime() } : undefined
  if (known.size >= sessionLimits.remembered) known.delete(known.keys().next().value ?? '')
  known.set(id, { alive, atMs: askedMs })
  return alive
}

// A clock that is set back must not make a second last for hours.
const isYoung = ({ atMs }: Remembered, nowMs: number): boolean =>
  atMs <= nowMs && nowMs < atMs + sessionLimits.rememberedMs

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
