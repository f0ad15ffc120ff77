// OpenID Connect: from the code that a service gave to claims that are signed, for us, fresh, and of this way.
import type { Configuration } from 'openid-client'
import type { Claims, Provider } from '../../../define/sign_in.ts'
import type { Journey } from './journey.ts'
import type { OpenIdLibrary } from './library.ts'
import { type Said, saidBy } from './said.ts'

/** Somebody back from a service. */
export interface Back {
  readonly library: OpenIdLibrary
  readonly configuration: Configuration
  readonly provider: Provider
  readonly journey: Journey
  /** Our address, with what the service added to it. */
  readonly url: URL
}

/** Who it is. Fails as `openid-client` does, or with Unreachable. */
export async function readOpenId({ library, configuration, provider, journey, url }: Back): Promise<Said> {
  const tokens = await library.authorizationCodeGrant(configuration, url, {
    expectedState: journey.state,
    expectedNonce: journey.nonce,
    pkceCodeVerifier: journey.verifier,
    idTokenExpected: true,
  })
  const signed = tokens.claims()
  if (signed === undefined) throw new Error('there is no ID token')
  const more = await userInfo({ library, configuration }, tokens.access_token, signed)
  return saidBy(provider, signed.iss, { ...more, ...signed })
}

/** Many services tell the address only there; the library refuses an answer about somebody else. */
async function userInfo(
  { library, configuration }: Pick<Back, 'library' | 'configuration'>,
  accessToken: string,
  { sub, email }: Claims & { readonly sub: string },
): Promise<Claims> {
  const { userinfo_endpoint: endpoint } = configuration.serverMetadata()
  if (email !== undefined || endpoint === undefined) return {}
  return library.fetchUserInfo(configuration, accessToken, sub)
}
