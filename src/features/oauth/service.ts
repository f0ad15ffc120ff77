// The OAuth server of a house: made when it is first asked, made anew when its keys have turned.
import type { Provider } from 'oidc-provider'
import type { House } from '../../call/house.ts'
import { authOf, type Keyset } from '../auth/index.ts'
import { type OauthLibrary, loadOauthLibrary } from './library.ts'
import { createProvider, type ProviderMeans } from './provider.ts'

export interface OauthServer {
  readonly provider: Provider
  /** Answers a request. */
  readonly handle: ReturnType<Provider['callback']>
  readonly library: OauthLibrary
}

interface Made extends OauthServer {
  readonly keyset: Keyset
}

const made = new WeakMap<House, Made>()

/** The server as it is now. Fails with TypeError where the package is missing. */
export async function oauthOf(house: House): Promise<OauthServer> {
  const keyset = await authOf(house).idKeys.keyset()
  const found = made.get(house)
  return found?.keyset === keyset ? found : remake({ house, library: await loadOauthLibrary(), keyset })
}

/** Makes the server of a house; tests make one with a fault. */
export function remake(means: ProviderMeans): OauthServer {
  const { house, library, keyset } = means
  const provider = createProvider(means)
  const server = Object.freeze({ provider, handle: provider.callback(), library, keyset })
  made.set(house, server)
  return server
}
