// One question of the matrix: who asks what, in which way, and how the answer is judged.
import type { Address } from '../../src/doors/rest/address.ts'
import { hasTenants, organizationNoun } from '../../src/define/tenant.ts'
import type { Said } from '../surface/test_server.ts'
import type { Person, Row, Scene as Policy } from './oracle.ts'
import type { Asking, Scene } from './scene.ts'

/** One question with the answer that the policy gives it. */
export interface Cell extends Asking {
  readonly title: string
  /** What is wrong with an answer; undefined where it is as the policy says. */
  readonly judge: (said: Said) => string | undefined
  /** May the tables hold something else afterwards. */
  readonly changes: boolean
}

/** One address as one person may ask it. */
export interface Place {
  readonly scene: Scene
  readonly address: Address
  readonly policy: Policy
  readonly person: Person
  /** The rows of its noun. */
  readonly rows: readonly Row[]
}

/** No row has this id. */
export const nowhere = '01900000-0000-7000-8000-ffffffffffff'

/** The address for a row. */
export const urlOf = ({ path }: Address, id: string): string => path.replace(':id', id)

/** Refusals of who may not begin: nobody in particular is told to sign in. */
export const turnedAway = ({ id }: Person): number => (id === null ? 401 : 403)

export const isOneOf = (said: Said, statuses: readonly number[]): string | undefined =>
  statuses.includes(said.status) ? undefined : `${said.status} where ${statuses.join(' or ')} is due: ${said.text}`

/** Headers that name organizations which the caller is not in. */
export function foreign({ scene, person }: Place): readonly Readonly<Record<string, string>>[] {
  if (!hasTenants(scene.model.nouns)) return []
  const there = (scene.world.get(organizationNoun) ?? []).map(({ id }) => id)
  const own = (scene.world.get('plinth_members') ?? []).filter(({ account }) => account === person.id)
  const foreign = there.filter((id) => id !== person.tenant && own.every(({ organization }) => organization !== id))
  return [...foreign, nowhere, 'north'].map((id) => ({ 'plinth-tenant': id }))
}

/** Whoever names an organization they are not in is refused before anything else is looked at. */
export const closedTo =
  ({ person }: Place): Cell['judge'] =>
  (said) =>
    isOneOf(said, [turnedAway(person)])

/** No such address, or one of another name that has no such method. */
export const isNothing: Cell['judge'] = (said) => isOneOf(said, [404, 405])
