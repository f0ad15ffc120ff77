// The step that asks the rules: all rows, some rows, or a refusal. Denied unless allowed.
import type { Allow } from '../define/allow.ts'
import type { Noun } from '../define/noun.ts'
import type { Expr } from '../define/predicate.ts'
import type { Access, Call } from './call.ts'
import { type Caller, satisfies } from './caller.ts'
import { Denied } from './denied.ts'
import { refuseOutOfScope } from './scopes.ts'

/** Sets what the caller may reach. Fails with unauthenticated or forbidden where it is nothing. */
export function permit(call: Call): void {
  refuseOutOfScope(call.caller, call.operation)
  call.access = accessOf(call.operation.allow, call.caller)
}

/** What the rules leave to this caller. Fails with unauthenticated for nobody in particular, else with forbidden. */
export function accessOf(allow: Allow, caller: Caller): Access {
  const access = reachOf(allow, caller)
  if (access !== undefined) return access
  if (caller.id !== null) throw new Denied('forbidden', 'You are signed in, but not allowed to do this.', asked)
  throw new Denied('unauthenticated', 'Sign in to do this.', asked, { headers: { 'WWW-Authenticate': 'Bearer' } })
}

const asked = Object.freeze({ stage: 'caller' as const })

/** The same without refusing: undefined where the rules leave nothing. */
export function reachOf(allow: Allow, caller: Caller): Access | undefined {
  if (allow.callers.some((rule) => satisfies(caller, rule))) return everything
  // A rule over the row asks who the caller is, or is at least meant for callers who are somebody.
  if (allow.rows.length > 0 && caller.id !== null) return { rows: allow.rows }
  return undefined
}

/** The rules of a read in a caller's name: a resource with a tenant is bound to it, for who may see all rows too. */
export const seenBy = ({ tenant }: Noun, rules: readonly Expr[] | undefined): readonly Expr[] | undefined =>
  rules === undefined && tenant !== undefined ? [{ op: 'and', parts: [] }] : rules

const everything: Access = Object.freeze({ rows: undefined })
