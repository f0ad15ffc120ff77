// Which organization a request is for: the one it names, or the only one its caller is in; never one they are not in.
import { sessionLimits } from '../../base/limits.ts'
import { Problem } from '../../base/pure/problem.ts'
import type { Caller } from '../../call/caller.ts'
import type { House } from '../../call/house.ts'
import { memberRole } from '../../define/rule.ts'
import { hasTenants } from '../../define/tenant.ts'
import { membershipsOf } from './memberships.ts'

/** The header that names it. */
export const tenantHeader = 'plinth-tenant'

/** Says in whose name a caller calls. Fails with forbidden, or unauthenticated for nobody in particular. */
export type Tenancy = (caller: Caller, wanted: string | undefined) => Caller | Promise<Caller>

/** The places of one person: the caller to be, by organization. */
interface Known {
  readonly roles: ReadonlyMap<string, string>
  readonly callers: WeakMap<Caller, Map<string, Caller>>
  readonly untilMs: number
}

/** Remembers places until one is written, in whichever process, or a second has gone by. */
export function createTenancy(house: House): Tenancy {
  if (!hasTenants(house.model.nouns)) return (caller) => caller
  // A new memory with each wake: what was asked before it is kept in the old one, which nobody asks any more.
  const memory = { known: new Map<string, Known>() }
  house.engine.listen('members', () => {
    memory.known = new Map()
  })
  const placesOf = (account: string): Known | Promise<Known> => {
    const { known } = memory
    const found = known.get(account)
    return found !== undefined && found.untilMs > house.clock.ms() ? found : look(house, known, account)
  }
  return (caller, wanted) => {
    const { id, tenant, session, key } = caller
    const isPlaced = id === null || tenant !== null || (session === undefined && key === undefined)
    if (wanted === undefined && isPlaced) return caller
    if (id === null) throw new Problem('unauthenticated', 'Sign in to act for an organization.', challenge)
    if (wanted !== undefined && tenant !== null) return tenant === wanted ? caller : refuse()
    const places = placesOf(id)
    return places instanceof Promise
      ? places.then((one) => placed(caller, one, wanted))
      : placed(caller, places, wanted)
  }
}

const challenge = { headers: { 'WWW-Authenticate': 'Bearer' } }

async function look(house: House, known: Map<string, Known>, account: string): Promise<Known> {
  const askedMs = house.clock.ms()
  const session = { all: house.engine.query.bind(house.engine) }
  const own = await membershipsOf(house, session, account)
  const places = {
    roles: new Map(own.map(({ organization, role }) => [String(organization), role])),
    callers: new WeakMap<Caller, Map<string, Caller>>(),
    untilMs: askedMs + sessionLimits.rememberedMs,
  }
  if (known.size >= sessionLimits.remembered) known.delete(known.keys().next().value ?? '')
  known.set(account, places)
  return places
}

/** Who is in one organization acts for it; who is in several says for which, or sees the rows of none. */
function placed(caller: Caller, { roles, callers }: Known, wanted: string | undefined): Caller {
  const tenant = wanted ?? (roles.size === 1 ? roles.keys().next().value : undefined)
  if (tenant === undefined) return caller
  const role = roles.get(tenant)
  if (role === undefined) return refuse()
  const made = callers.get(caller) ?? new Map<string, Caller>()
  callers.set(caller, made)
  const known = made.get(tenant)
  if (known !== undefined) return known
  const acting = Object.freeze({ ...caller, tenant, roles: Object.freeze([...caller.roles, memberRole(role)]) })
  made.set(tenant, acting)
  return acting
}

/** The same for an organization that is not there, for one the caller is not in, and for what is no id at all. */
function refuse(): never {
  throw new Problem('forbidden', 'You are in no such organization.')
}
