// Which organization a request is for: the one it names, or the only one its caller is in; never one they are not in.
import { Problem } from '../../base/pure/problem.ts'
import type { Caller } from '../../call/caller.ts'
import type { House } from '../../call/house.ts'
import { memberRole } from '../../define/rule.ts'
import { hasTenants } from '../../define/tenant.ts'
import { createMemory } from '../auth/index.ts'
import { membershipsOf, servicePlacesOf } from './memberships.ts'

/** The header that names it. */
export const tenantHeader = 'plinth-tenant'

/** Says in whose name a caller calls. Fails with forbidden, or unauthenticated for nobody in particular. */
export type Tenancy = (caller: Caller, wanted: string | undefined) => Caller | Promise<Caller>

/** The places of one person or program: the caller to be, by organization. */
interface Places {
  /** The account or service account; null for nobody's. */
  readonly whose: string | null
  readonly roles: ReadonlyMap<string, string>
  readonly callers: WeakMap<Caller, Map<string, Caller>>
}

/** Remembers places as sessions are: until one is written, in whichever process, or a second has gone by. */
export function createTenancy(house: House): Tenancy {
  if (!hasTenants(house.model.nouns)) return (caller) => caller
  const placesOf = createMemory(
    house,
    ({ whose }: Places) => whose,
    (id) => look(house, id),
  )
  return (caller, wanted) => {
    const { id, tenant } = caller
    if (wanted === undefined && (id === null || tenant !== null || !isKnown(caller))) return caller
    if (id === null) throw new Problem('unauthenticated', 'Sign in to act for an organization.', challenge)
    if (wanted !== undefined && tenant !== null) return tenant === wanted ? caller : refuse()
    const places = placesOf(id)
    return places instanceof Promise
      ? places.then((one) => placed(caller, one, wanted))
      : placed(caller, places, wanted)
  }
}

/** Came they as somebody with an account? A token of development says itself what it is for. */
const isKnown = ({ session, key }: Caller): boolean => session !== undefined || key !== undefined

const challenge = { headers: { 'WWW-Authenticate': 'Bearer' } }

async function look(house: House, id: string): Promise<Places> {
  const session = { all: house.engine.query.bind(house.engine) }
  const people = await membershipsOf(house, session, id)
  const own = people.length > 0 ? people : await servicePlacesOf(house, session, id)
  const roles = new Map(own.map(({ organization, role }) => [organization, role]))
  return { whose: id, roles, callers: new WeakMap<Caller, Map<string, Caller>>() }
}

const nowhere: Places = { whose: null, roles: new Map(), callers: new WeakMap<Caller, Map<string, Caller>>() }

/** Who is in one organization acts for it; who is in several says for which, or sees the rows of none. */
function placed(caller: Caller, { roles, callers }: Places = nowhere, wanted: string | undefined): Caller {
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
