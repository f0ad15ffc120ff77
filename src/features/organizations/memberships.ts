// The places of one person or program, read where there is no transaction.
import { organizationLimits } from '../../base/identity_limits.ts'
import { valuesOf } from '../../call/draft.ts'
import { findRows } from '../../call/find.ts'
import { type House, storeOf } from '../../call/house.ts'
import type { Fields } from '../../define/field.ts'
import type { Resource, Row } from '../../define/resource.ts'
import type { Session } from '../../store/contract.ts'
import type { StoredRow } from '../../store/layout.ts'
import { padded } from '../../store/row_store.ts'
import { members, serviceMembers } from '../accounts/index.ts'
import type { Member } from './owners.ts'

/** In the order in which they came. */
export async function membershipsOf(house: House, session: Session, account: string | null): Promise<Member[]> {
  if (account === null) return []
  const rows = storeOf(house, members.name)
  const found = await findRows(rows, session, { account }, { limit: organizationLimits.perAccount })
  // The layout of this noun makes exactly its row.
  return found.map((row) => valuesOf(house.sealing, rows, { row, items: [] }) as Member)
}

/** Where somebody acts, and as what. */
export interface Place {
  readonly organization: string
  readonly role: string
}

/** The places of a service account; one that was only offered is none. */
export async function servicePlacesOf(house: House, session: Session, service: string): Promise<Place[]> {
  const rows = storeOf(house, serviceMembers.name)
  const match = { serviceAccount: service }
  const found = await findRows(rows, session, match, { limit: organizationLimits.perAccount })
  // The layout of this noun makes exactly its row.
  const own = found.map((row) => valuesOf(house.sealing, rows, { row, items: [] }) as Row<typeof serviceMembers>)
  return own.flatMap(({ organization, role }) => (role === null ? [] : [{ organization, role }]))
}

/** The rows of these ids that are there. */
export async function rowsById<N extends string, F extends Fields, O extends string>(
  house: House,
  session: Session,
  noun: Resource<N, F, O>,
  ids: readonly string[],
): Promise<Map<string, Row<Resource<N, F, O>>>> {
  if (ids.length === 0) return new Map()
  const rows = storeOf(house, noun.name)
  const made = rows.readById({ seen: undefined, count: padded(ids.length) })
  const found = await session.all(made.statement, made.values({ ids, caller: { id: null, tenant: null } }))
  // The same.
  const values = (row: StoredRow) => valuesOf(house.sealing, rows, { row, items: [] }) as Row<Resource<N, F, O>>
  return new Map(found.map((row) => [String(row[0]), values(row)]))
}
