// The secrets of the applications that an app declares: each in a variable of its own, checked at the start.
import type { App } from '../define/app.ts'
import { type Config, ConfigError } from './config.ts'

/** Shorter ones can be guessed: a secret is not hashed slowly, because 256 random bits need no more. */
const secretChars = 32

/** The secrets by their variables. Fails with ConfigError for one that is missing or short. */
export function clientSecrets({ options }: App, { variable }: Config): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const { id, secretFrom: name } of options.provider?.clients ?? []) {
    if (name === undefined) continue
    const secret = variable(name)
    if (secret === undefined) throw new ConfigError(name, '', `is required: the secret of the client "${id}"`)
    if (secret.length < secretChars) throw new ConfigError(name, '***', `must have at least ${secretChars} characters`)
    found[name] = secret
  }
  return Object.freeze(found)
}
