// What an app says of the other applications that its people sign in to: it is their OAuth 2.0 and OpenID server.

/**
 * What an application is, which says how it proves itself and what it may ask for. `server`: code that runs where a
 * secret can be kept. `browser` and `native`: code in other people's hands, which proves itself by PKCE alone.
 * `machine`: a server that acts for nobody but itself.
 */
export type ClientKind = 'server' | 'browser' | 'native' | 'machine'

/** What the ID tokens of an application are signed with; RS256 is for those that know nothing else. */
export type IdTokenAlgorithm = 'ES256' | 'RS256'

/** An application that the app itself declares; others are registered by an administrator. */
export interface DeclaredClient {
  /** Its `client_id`: lower case letters, digits and `-`. */
  readonly id: string
  /** What the person is told it is called. */
  readonly name: string
  readonly kind: ClientKind
  /** The environment variable that holds its secret, 32 characters or more; for `server` and `machine`. */
  readonly secretFrom?: string
  /** Where a person may be sent back to: whole addresses, compared sign by sign. */
  readonly redirectUris?: readonly string[]
  readonly postLogoutRedirectUris?: readonly string[]
  /** What it may ask for; `openid email` without it, and nothing for a machine. */
  readonly scopes?: readonly string[]
  /** What its ID tokens are signed with; ES256 without it. */
  readonly idTokenAlgorithm?: IdTokenAlgorithm
  /** One of our own: nobody is asked whether it may. */
  readonly firstParty?: boolean
  /** The roles a machine acts with. */
  readonly roles?: readonly string[]
  /** May it ask about tokens that were given to others: a resource server. */
  readonly introspects?: boolean
}

/** How applications register themselves (RFC 7591), by a token that an administrator made. */
export interface RegistrationOptions {
  /** What they may ask for; `openid email` without it. */
  readonly scopes?: readonly string[]
}

export interface ProviderOptions {
  readonly clients?: readonly DeclaredClient[]
  /** Applications may register themselves, where this is said; without it the endpoint is not there. */
  readonly registration?: RegistrationOptions
  /** What the consent page says a scope lets do, in place of the words made from its name. */
  readonly words?: { readonly [scope: string]: string }
}
