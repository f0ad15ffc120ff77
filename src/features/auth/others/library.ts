// Loads the package that speaks OAuth 2.0 and OpenID Connect, where an app believes another service.
import type * as library from 'openid-client'

export type OpenIdLibrary = typeof library

/** The package. Fails with TypeError that says what to install where it is not there. */
export async function loadOpenIdLibrary(): Promise<OpenIdLibrary> {
  try {
    return await import('openid-client')
  } catch (cause) {
    throw new TypeError('Sign-in with others needs the package "openid-client": npm install openid-client', { cause })
  }
}
