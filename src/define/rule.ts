// Who may: rules that ask only the caller, and rules that ask the row; denied unless one of them allows it.
import type { Fields } from './field.ts'
import type { Where } from './predicate.ts'

/** A rule that the caller alone decides. */
export interface CallerRule {
  readonly rule: 'anyone' | 'signedIn' | 'role' | 'member'
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
/** Members of the row's organization who have this role in it: `owner`, `admin`, `member`, or one of the app's own. */
export const member = (name: string): CallerRule => Object.freeze({ rule: 'member', role: name })

/**
 * How a role in an organization stands among the roles of a caller. No account's role has a colon, so whoever rules an
 * organization of their own is never taken for who looks after the app.
 */
export const memberRole = (name: string): string => `member:${name}`

/** The role in the organization that is among the roles of a caller; null for one who acts for none. */
export const memberOf = (roles: readonly string[]): string | null =>
  roles.find((name) => name.startsWith('member:'))?.slice('member:'.length) ?? null
