// Loads the package that speaks OAuth 2.0 and OpenID Connect, when the first sign-in by another service needs it.
import type * as library from 'openid-client'

export type OpenIdLibrary = typeof library

/** The package. Fails with Error that says what to install where it is not there. */
export async function loadOpenIdLibrary(): Promise<OpenIdLibrary> {
  try {
    return await import('openid-client')
  } catch (cause) {
    throw new Error('Sign-in with others needs the package "openid-client": npm install openid-client', { cause })
  }
}
