// Loads the package that speaks OAuth and OpenID Connect, when the first request needs it: 290 ms that others save.
import type * as library from 'oidc-provider'

/** What is used of the package. */
export type OauthLibrary = Pick<typeof library, 'Provider' | 'errors'>

/** The package. Fails with TypeError that says what to install where it is not there. */
export async function loadOauthLibrary(): Promise<OauthLibrary> {
  try {
    return await import('oidc-provider')
  } catch (cause) {
    throw new TypeError('The option "provider" needs the package "oidc-provider": npm install oidc-provider', { cause })
  }
}
