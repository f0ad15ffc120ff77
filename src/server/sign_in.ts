// Who the app is to the services it believes: an id and a secret for each, of the environment, checked at the start.
import type { SignInClient } from '../call/house.ts'
import type { App } from '../define/app.ts'
import { isLoopback, type Provider } from '../define/sign_in.ts'
import { appleKey } from '../features/auth/index.ts'
import { type Config, ConfigError } from './config.ts'

type Clients = ReadonlyMap<string, SignInClient>

/** What the app's providers are told. Undefined for an app without any. Fails with ConfigError. */
export function signInClients({ options }: App, config: Config): Clients | undefined {
  const { signIn } = options
  if (signIn === undefined) return undefined
  if (config.production) refuseLoopback(signIn.providers, signIn.returnTo)
  return new Map(signIn.providers.map((provider) => [provider.name, clientOf(provider, config)]))
}

function clientOf(provider: Provider, { variable }: Config): SignInClient {
  const base = `SIGN_IN_${provider.name.toUpperCase()}`
  const needed = (name: string): string => {
    const value = variable(name)
    if (value === undefined) throw new ConfigError(name, '', `is required: the app signs in with ${provider.name}`)
    return value
  }
  const client = { id: needed(`${base}_ID`), secret: needed(`${base}_SECRET`) }
  if (provider.signs !== undefined) checkKey(`${base}_SECRET`, client.secret)
  return Object.freeze(client)
}

function checkKey(name: string, pem: string): void {
  try {
    appleKey(pem)
  } catch (cause) {
    throw new ConfigError(name, '***', 'must be a private key on P-256, as PEM', { cause })
  }
}

function refuseLoopback(providers: readonly Provider[], returnTo: readonly string[]): void {
  const found = [...providers.map(({ issuer }) => issuer), ...returnTo].find(isLoopback)
  if (found !== undefined)
    throw new ConfigError('NODE_ENV', 'production', `the app's signIn names ${found}; use an https address`)
}
