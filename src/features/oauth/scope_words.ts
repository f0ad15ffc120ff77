// Every scope there is, and what the consent page says it lets do.
import { scopesOf } from '../../call/scopes.ts'
import type { Model } from '../../define/model.ts'

/** Scopes that are about who somebody is, and are none of the API. */
export const identityScopes = Object.freeze(['openid', 'email', 'offline_access'])

const fixed: Readonly<Record<string, string>> = Object.freeze({
  openid: 'Know who you are',
  email: 'See your email address',
  offline_access: 'Stay connected while you are away',
  read: 'See everything that you can see here',
  write: 'Change everything that you can change here',
})

/** The scopes of an app with their words, in the order they are shown: those of identity, then those of keys too. */
export function scopeWords(model: Model): ReadonlyMap<string, string> {
  const words = new Map(Object.entries(fixed))
  for (const scope of scopesOf(model)) if (!words.has(scope)) words.set(scope, wordsOf(scope))
  for (const [scope, said] of Object.entries(model.app.options.provider?.words ?? {})) words.set(scope, said)
  return words
}

function wordsOf(scope: string): string {
  const [path = '', verb = ''] = scope.split(':')
  const what = path.replaceAll(/[/_-]/g, ' ')
  if (verb === 'read') return `See ${what}`
  return verb === 'write' ? `Change ${what}` : `${what}: ${verb.replaceAll(/[/_-]/g, ' ')}`
}

/** Names of `words` that are no scope. */
export function strangeWords(model: Model): readonly string[] {
  const { provider, ...options } = model.app.options
  const known = scopeWords({ ...model, app: { ...model.app, options } })
  return Object.keys(provider?.words ?? {}).filter((scope) => !known.has(scope))
}
