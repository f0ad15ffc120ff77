// Scopes: what a token is for, where that is less than all its owner may do. They narrow the rules, and widen none.
import { Problem } from '../base/pure/problem.ts'
import { housePrefix, type Noun } from '../define/noun.ts'
import { isSafe, type Operation } from '../define/operation.ts'
import type { Caller } from './caller.ts'

/** `read` and `write` are for all the app's nouns, `orders:read` for one. Writing is not reading. */
export type ScopeVerb = 'read' | 'write'

/** The scope for one noun. */
export const scopeOf = ({ path }: Pick<Noun, 'path'>, verb: ScopeVerb): string => `${path}:${verb}`

/** Is this within what the caller's token is for? Nouns of the house (accounts, sessions, keys) are in no scope. */
export function isInScope({ scopes }: Caller, noun: Noun, verb: ScopeVerb): boolean {
  if (scopes === undefined) return true
  return !noun.name.startsWith(housePrefix) && (scopes.includes(verb) || scopes.includes(scopeOf(noun, verb)))
}

/** Fails with forbidden for what the caller's token is not for (RFC 6750 §3.1). */
export function refuseOutOfScope(caller: Caller, operation: Operation): void {
  const verb = isSafe(operation) ? 'read' : 'write'
  const { noun } = operation
  if (isInScope(caller, noun, verb)) return
  const said = noun.name.startsWith(housePrefix) ? '' : `, scope="${scopeOf(noun, verb)}"`
  throw new Problem('forbidden', 'This token is not for this: its scopes do not name it.', {
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope"${said}` },
  })
}
