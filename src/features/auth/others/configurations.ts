// What is known of each service: its metadata, asked for once an hour, and who we are to it.
import type { ClientAuth, Configuration } from 'openid-client'
import { otherLimits } from '../../../base/identity_limits.ts'
import type { House, SignInClient } from '../../../call/house.ts'
import { isLoopback, type Provider } from '../../../define/sign_in.ts'
import { appleKey, appleSecret } from './apple_secret.ts'
import { createForeignFetch, Unreachable } from './foreign_fetch.ts'
import { githubMetadata } from './github.ts'
import type { OpenIdLibrary } from './library.ts'

/** Answers the configuration of a provider. Fails with Unreachable where its metadata cannot be had, or used. */
export type Configurations = (provider: Provider) => Promise<Configuration>

interface Known {
  readonly configuration: Configuration
  readonly untilMs: number
}

export function createConfigurations(house: House, library: OpenIdLibrary): Configurations {
  const known = new Map<string, Known>()
  const asking = new Map<string, Promise<Configuration>>()
  const ask = async (provider: Provider): Promise<Configuration> => {
    try {
      const configuration = await configure(house, library, provider)
      known.set(provider.name, { configuration, untilMs: house.clock.ms() + otherLimits.metadataMs })
      return configuration
    } catch (error) {
      const old = known.get(provider.name)
      if (old === undefined) throw new Unreachable(`the metadata of ${provider.issuer} is not there`, { cause: error })
      house.log.warn({ provider: provider.name, error }, 'the metadata of a service is that of before')
      known.set(provider.name, { ...old, untilMs: house.clock.ms() + otherLimits.metadataRetryMs })
      return old.configuration
    } finally {
      asking.delete(provider.name)
    }
  }
  return (provider) => {
    const found = known.get(provider.name)
    if (found !== undefined && found.untilMs > house.clock.ms()) return Promise.resolve(found.configuration)
    const asked = asking.get(provider.name) ?? ask(provider)
    if (!asking.has(provider.name)) asking.set(provider.name, asked)
    return asked
  }
}

async function configure(house: House, library: OpenIdLibrary, provider: Provider): Promise<Configuration> {
  const client = house.services.signIn?.get(provider.name)
  if (client === undefined) throw new TypeError(`nothing is configured for provider "${provider.name}"`)
  const loopback = house.services.isDevelopment === true && isLoopback(provider.issuer)
  const { requestMs, answerBytes } = otherLimits
  const limited = createForeignFetch({ requestMs, answerBytes, loopback })
  const shown = clientAuth(house, library, provider, client)
  const fetching = (url: string, { signal, ...init }: { signal?: AbortSignal | undefined }) =>
    limited(url, { ...init, ...(signal && { signal }) })
  if (provider.speaks === 'github') {
    const made = new library.Configuration(githubMetadata(provider.issuer), client.id, {}, shown)
    made[library.customFetch] = fetching
    if (loopback) library.allowInsecureRequests(made)
    return made
  }
  return library.discovery(new URL(provider.issuer), client.id, {}, shown, {
    [library.customFetch]: fetching,
    timeout: otherLimits.requestMs / 1_000,
    // Without this the signature of an ID token that came over TLS is not looked at.
    execute: [library.enableNonRepudiationChecks, ...(loopback ? [library.allowInsecureRequests] : [])],
  })
}

function clientAuth(house: House, library: OpenIdLibrary, { signs }: Provider, client: SignInClient): ClientAuth {
  if (signs === undefined) return library.ClientSecretPost(client.secret)
  const key = appleKey(client.secret)
  return (_server, { client_id: clientId }, body) => {
    body.set('client_id', clientId)
    body.set('client_secret', appleSecret({ ...signs, clientId }, key, house.clock.ms()))
  }
}
