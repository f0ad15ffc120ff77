// The sessions that a process remembers, each with who it is now and with which roles.
import { browserLimits, sessionLimits } from '../../base/identity_limits.ts'
import type { Caller } from '../../call/caller.ts'
import type { House } from '../../call/house.ts'
import { rowBy, rowOf } from '../../call/look_up.ts'
import type { Row } from '../../define/resource.ts'
import { accounts, sessions } from '../accounts/index.ts'
import { createMarker, usedEveryMs } from './marker.ts'
import { createMemory, type Memory } from './memory.ts'

/** A session that is good now. */
export interface Alive {
  readonly caller: Caller
  readonly provedMs: number
}

export interface SessionMemory {
  /** The session by its id; undefined where it has ended. */
  readonly find: Memory<Alive>
  /** The session of a browser, by the hash of its cookie. It is marked as used. */
  readonly findByCookie: Memory<Alive>
}

/** The sessions that a process remembers. */
export function createSessionMemory(house: House): SessionMemory {
  const markUsed = createMarker(house, sessions)
  const recall = createMemory(house, whoseOf, (hash, nowMs) => lookByCookie(house, hash, nowMs))
  const used = (found: Browsing | undefined): Browsing | undefined => {
    if (found === undefined || found.usedMs + usedEveryMs > house.clock.ms()) return found
    found.usedMs = house.clock.ms()
    markUsed(found.caller.session ?? '')
    return found
  }
  return Object.freeze({
    find: createMemory(house, whoseOf, async (id, nowMs) => aliveOf(house, await rowOf(house, sessions, id), nowMs)),
    findByCookie: (hash: string) => {
      const found = recall(hash)
      return found instanceof Promise ? found.then(used) : used(found)
    },
  })
}

const whoseOf = ({ caller }: Alive): string | null => caller.id

interface Browsing extends Alive {
  /** When its use was last written down. */
  usedMs: number
}

async function lookByCookie(house: House, cookieHash: string, nowMs: number): Promise<Browsing | undefined> {
  const session = await rowBy(house, sessions, { cookieHash })
  const alive = await aliveOf(house, session, nowMs)
  return alive && session && { ...alive, usedMs: session.usedAt.getTime() }
}

async function aliveOf(house: House, session: Session | undefined, nowMs: number): Promise<Alive | undefined> {
  if (session === undefined || !isOpen(session, nowMs)) return undefined
  const account = await rowOf(house, accounts, session.account)
  if (account?.state !== 'active') return undefined
  return { caller: callerOf(session.id, account), provedMs: session.provedAt.getTime() }
}

type Session = Row<typeof sessions>

/** Is the session within its times? */
export function isOpen({ usedAt, endsAt, cookieHash }: Session, nowMs: number): boolean {
  const { idleMs } = cookieHash === null ? sessionLimits : browserLimits
  return endsAt.getTime() > nowMs && usedAt.getTime() + idleMs > nowMs
}

const callerOf = (session: string, { id, roles }: Row<typeof accounts>): Caller =>
  Object.freeze({ id, tenant: null, roles, session, budget: `account ${id}` })
