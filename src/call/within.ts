// In which tenant the verbs of a transaction are at work: rows of another are not there for them.
import { Problem } from '../base/pure/problem.ts'
import type { Noun } from '../define/noun.ts'
import type { Expr } from '../define/predicate.ts'
import type { Caller } from './caller.ts'
import type { Values } from './draft.ts'

/** The tenant; null where the caller has none, who sees nothing of any; undefined for what spans all of them. */
export type Within = string | null | undefined

/** Where the code of a call is at work: in the caller's tenant, and for the house by itself in all of them. */
export const withinOf = ({ tenant, spansTenants }: Caller): Within =>
  tenant === null && spansTenants === true ? undefined : tenant

/** Are the rows of the noun those of one tenant for this code? */
export const isBound = ({ tenant }: Noun, within: Within): within is string | null =>
  tenant !== undefined && within !== undefined

/** What a read by id asks besides the id: nothing, or the tenant (which every rule asks). */
export const seenWithin = (noun: Noun, within: Within): readonly Expr[] | undefined =>
  isBound(noun, within) ? [{ op: 'and', parts: [] }] : undefined

/** The conditions of a find, with the tenant's; undefined where they ask for another one, of which nothing is there. */
export function matchWithin<M extends object>(noun: Noun, within: Within, match: M): M | undefined {
  const { tenant } = noun
  if (tenant === undefined || !isBound(noun, within)) return match
  const asked: unknown = Reflect.get(match, tenant)
  if (asked !== undefined && asked !== within) return undefined
  return { ...match, [tenant]: within }
}

/** A new row's values: what it takes from the caller, then what the code gives. Fails for another tenant's. */
export function givenWithin(noun: Noun, within: Within, belongings: Values, given: Values): Values {
  const values = { ...belongings, ...given }
  const { tenant } = noun
  if (tenant === undefined || !isBound(noun, within)) return values
  const named = values[tenant] ?? null
  if (named === null) throw new Problem('forbidden', 'Choose the organization you act for.')
  if (named !== within) throw new TypeError(`${noun.name}: rows of another tenant are for tx.acrossTenants()`)
  return values
}

/** Refuses to move a row: what refers to it would stay behind. Fails with TypeError. */
export function refuseMove({ name, tenant }: Noun, before: unknown, patch: Values): void {
  if (tenant === undefined || patch[tenant] === undefined || patch[tenant] === before) return
  throw new TypeError(`${name}: a row stays in its tenant`)
}
