// Every scope there is, and what the consent page says it lets do.
import { scopeOf, type ScopeVerb } from '../../call/scopes.ts'
import type { Model } from '../../define/model.ts'
import { housePrefix } from '../../define/noun.ts'
import { isSafe } from '../../define/operation.ts'

/** Scopes that are about who somebody is, and are none of the API. */
export const identityScopes = Object.freeze(['openid', 'email', 'offline_access'])

const fixed: Readonly<Record<string, string>> = Object.freeze({
  openid: 'Know who you are',
  email: 'See your email address',
  offline_access: 'Stay connected while you are away',
  read: 'See everything that you can see here',
  write: 'Change everything that you can change here',
})

const verbs: Readonly<Record<ScopeVerb, string>> = Object.freeze({ read: 'See', write: 'Change' })

/** The scopes of an app with their words, in the order they are shown. */
export function scopeWords({ operations, app }: Model): ReadonlyMap<string, string> {
  const words = new Map(Object.entries(fixed))
  for (const operation of operations.filter(({ noun }) => !noun.name.startsWith(housePrefix))) {
    const verb = isSafe(operation) ? 'read' : 'write'
    words.set(scopeOf(operation.noun, verb), `${verbs[verb]} ${operation.noun.path.replaceAll(/[/_-]/g, ' ')}`)
  }
  for (const [scope, said] of Object.entries(app.options.provider?.words ?? {})) words.set(scope, said)
  return words
}

/** Names of `words` that are no scope. */
export function strangeWords(model: Model): readonly string[] {
  const { provider, ...options } = model.app.options
  const known = scopeWords({ ...model, app: { ...model.app, options } })
  return Object.keys(provider?.words ?? {}).filter((scope) => !known.has(scope))
}
