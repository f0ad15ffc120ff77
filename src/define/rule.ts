// Who may: rules that ask only the caller, and rules that ask the row; denied unless one of them allows it.
import type { Fields } from './field.ts'
import type { Where } from './predicate.ts'

/** A rule that the caller alone decides. */
export interface CallerRule {
  readonly rule: 'anyone' | 'signedIn' | 'role'
  readonly role?: string
}

/** A rule that the row's owner field decides. */
export interface OwnerRule {
  readonly rule: 'owner'
}

/** A rule that the row's tenant field decides: anyone of the same tenant. */
export interface TenantRule {
  readonly rule: 'tenant'
}

/** One way to be allowed; a list of rules allows when any of them does. */
export type Rule<F extends Fields = Fields> = CallerRule | OwnerRule | TenantRule | Where<F>

/** Also callers who are not signed in. */
export const anyone: CallerRule = Object.freeze({ rule: 'anyone' })
/** Every caller who is signed in. */
export const signedIn: CallerRule = Object.freeze({ rule: 'signedIn' })
/** The caller whose id stands in the resource's `owner` field. */
export const owner: OwnerRule = Object.freeze({ rule: 'owner' })
/** Every caller of the row's tenant. */
export const tenant: TenantRule = Object.freeze({ rule: 'tenant' })
/** Callers who hold the role. */
export const role = (name: string): CallerRule => Object.freeze({ rule: 'role', role: name })
