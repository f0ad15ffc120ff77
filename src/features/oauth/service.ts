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
  readonly keysets: readonly Keyset[]
}

const made = new WeakMap<House, Made>()

/** The server as it is now. Fails with TypeError where the package is missing. */
export async function oauthOf(house: House): Promise<OauthServer> {
  const keysets = await idKeysetsOf(house)
  const found = made.get(house)
  if (found?.keysets.every((one, at) => one === keysets[at])) return found
  return remake({ house, library: await loadOauthLibrary(), keysets })
}

/** The keys of ID tokens as they are now, by algorithm. */
export const idKeysetsOf = (house: House): Promise<readonly Keyset[]> =>
  Promise.all(authOf(house).idKeys.map((keys) => keys.keyset()))

/** Makes the server of a house; tests make one with a fault. */
export function remake(means: ProviderMeans): OauthServer {
  const { house, library, keysets } = means
  const provider = createProvider(means)
  const server = Object.freeze({ provider, handle: provider.callback(), library, keysets })
  made.set(house, server)
  return server
}
