// Scopes: what a token is for, where that is less than all its owner may do. They narrow the rules, and widen none.
import { isId } from '../base/id.ts'
import { Problem } from '../base/pure/problem.ts'
import type { Model } from '../define/model.ts'
import { housePrefix, type Noun } from '../define/noun.ts'
import { isSafe, type Operation } from '../define/operation.ts'
import type { Caller } from './caller.ts'

/**
 * `read` and `write` are for all the app's nouns, `orders:read` for one. Writing is not reading. A key may also be for
 * one action alone: `orders:pay`.
 */
export type ScopeVerb = 'read' | 'write'

/** The scope for one noun. */
export const scopeOf = ({ path }: Pick<Noun, 'path'>, verb: ScopeVerb): string => `${path}:${verb}`

/** The scope for one action alone. One that is named as a scope is has none, so that no word means two things. */
const scopeOfAction = ({ noun, action }: Operation): string | undefined =>
  action === undefined || ['read', 'write', 'create'].includes(action.name) ? undefined : `${noun.path}:${action.name}`

/** Every scope that a key of the app may have. */
export function scopesOf({ nouns, operations }: Model): ReadonlySet<string> {
  const own = [...nouns.values()].filter((noun) => !isOfHouse(noun))
  const actions = operations.filter((one) => !isSafe(one) && !isOfHouse(one.noun)).map(scopeOfAction)
  return new Set([
    'read',
    'write',
    ...own.flatMap((noun) => [scopeOf(noun, 'read'), scopeOf(noun, 'write')]),
    ...actions.filter((scope) => scope !== undefined),
  ])
}

/** The scopes any one of which covers an operation; none for what is of the house. */
export function acceptedScopes(operation: Operation): string[] {
  if (isOfHouse(operation.noun)) return []
  const verb = isSafe(operation) ? 'read' : 'write'
  const alone = isSafe(operation) ? undefined : scopeOfAction(operation)
  return [verb, scopeOf(operation.noun, verb), ...(alone === undefined ? [] : [alone])]
}

/** Is this within what the caller's token is for? Nouns of the house (accounts, sessions, keys) are in no scope. */
export function isInScope({ scopes }: Caller, noun: Noun, verb: ScopeVerb): boolean {
  if (scopes === undefined) return true
  return !isOfHouse(noun) && (scopes.includes(verb) || scopes.includes(scopeOf(noun, verb)))
}

/** Fails with forbidden for what the caller's token is not for (RFC 6750 §3.1). */
export function refuseOutOfScope(caller: Caller, operation: Operation): void {
  if (caller.scopes === undefined) return
  const verb = isSafe(operation) ? 'read' : 'write'
  const { noun } = operation
  if (isInScope(caller, noun, verb) || isAlone(caller.scopes, operation) || isOwnName(caller, operation)) return
  const said = isOfHouse(noun) ? '' : `, scope="${scopeOf(noun, verb)}"`
  throw new Problem('forbidden', 'This token is not for this: its scopes do not name it.', {
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope"${said}` },
  })
}

/** The same for what is no operation: a route of another framework. */
export function refuseBeyond({ scopes }: Caller, verb: ScopeVerb): void {
  if (scopes === undefined || scopes.includes(verb)) return
  throw new Problem('forbidden', 'This token is not for this: its scopes do not name it.', {
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${verb}"` },
  })
}

/** May the caller do what no operation is named for: code of a route that writes as it likes. */
export const isUnbound = ({ scopes }: Caller): boolean =>
  scopes === undefined || (scopes.includes('read') && scopes.includes('write'))

// An action that only looks is read; its name opens nothing more.
function isAlone(scopes: readonly string[], operation: Operation): boolean {
  const scope = isSafe(operation) || isOfHouse(operation.noun) ? undefined : scopeOfAction(operation)
  return scope !== undefined && scopes.includes(scope)
}

/** Who has a key of ours may ask whose it is; an application is told by the scopes of identity. */
const isOwnName = ({ key }: Caller, { id }: Operation): boolean => isId(key ?? '') && id === 'auth.me'

const isOfHouse = ({ name }: Noun): boolean => name.startsWith(housePrefix)
