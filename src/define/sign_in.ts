// Sign-in with others: the services an app believes, and where people go when they come back from one.

/** What a service says of a person: the claims of its ID token and of its user info. */
export type Claims = Readonly<Record<string, unknown>>

/** A service that signs people in. Its secret is none of the definition: the environment has it. */
export interface Provider {
  /** Part of the address, and of the names of its variables: `SIGN_IN_<NAME>_ID`, `SIGN_IN_<NAME>_SECRET`. */
  readonly name: string
  /** Whom its identities are of. With OpenID Connect its metadata is found below. */
  readonly issuer: string
  /** OpenID Connect by discovery, or the OAuth 2.0 of GitHub. */
  readonly speaks: 'openid' | 'github'
  readonly scope: string
  /** Does the service answer for the address: only then is it the person's. */
  readonly isVerified: (claims: Claims) => boolean
  /** What it is asked besides. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Where the secret is a key that signs a new one each time (Apple). */
  readonly signs?: { readonly team: string; readonly key: string }
}

export interface SignIn {
  /** The services people may sign in with. */
  readonly providers: readonly Provider[]
  /**
   * Where people go after it, each written out: a path below PUBLIC_URL (`/signed-in`), an https address, or one of an
   * installed app (`com.example.app:/signed-in`, RFC 8252 §7). A client names one of them exactly, or none: the first.
   */
  readonly returnTo: readonly string[]
}

const emailVerified = ({ email_verified: verified }: Claims): boolean => verified === true
const openid = { speaks: 'openid', scope: 'openid email', isVerified: emailVerified } as const

/** The usual services, and any other by its issuer. */
export const signInWith = Object.freeze({
  google: (): Provider => ({ ...openid, name: 'google', issuer: 'https://accounts.google.com' }),

  /**
   * Microsoft Entra. `tenant` is a directory's id, or `common` for everybody. Its addresses are what an administrator
   * wrote (the "nOAuth" attack), so one counts only with the optional claim `xms_edov`, which the app must ask for.
   */
  microsoft: ({ tenant }: { readonly tenant: string }): Provider => ({
    ...openid,
    name: 'microsoft',
    issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
    scope: 'openid email profile',
    isVerified: ({ xms_edov: verified }) => verified === true || verified === 1 || verified === '1',
  }),

  /** Sign in with Apple. The secret is the private key (PEM); `team` and `key` are its ids. */
  apple: (signs: { readonly team: string; readonly key: string }): Provider => ({
    ...openid,
    name: 'apple',
    issuer: 'https://appleid.apple.com',
    // Apple sends texts where others send truth values.
    isVerified: ({ email_verified: verified }) => verified === true || verified === 'true',
    parameters: { response_mode: 'form_post' },
    signs,
  }),

  /** GitHub, or an Enterprise Server `at` an address of its own. It has no ID tokens: its API says who it is. */
  github: ({ at = 'https://github.com' }: { readonly at?: string } = {}): Provider => ({
    name: 'github',
    issuer: `${at}/login/oauth`,
    speaks: 'github',
    scope: 'read:user user:email',
    isVerified: emailVerified,
  }),

  /** GitLab, or a server of one's own `at` another address. */
  gitlab: ({ at = 'https://gitlab.com' }: { readonly at?: string } = {}): Provider => ({
    ...openid,
    name: 'gitlab',
    issuer: at,
  }),

  /** Any issuer of OpenID Connect, by discovery. */
  issuer: (
    name: string,
    issuer: string,
    more: Partial<Omit<Provider, 'name' | 'issuer' | 'speaks'>> = {},
  ): Provider => ({
    ...openid,
    name,
    issuer,
    ...more,
  }),
})

/** Judges the declaration. Fails with TypeError, which says what to change. */
export function checkSignIn({ providers, returnTo }: SignIn): void {
  const names = new Set<string>()
  if (providers.length === 0) throw new TypeError('signIn: name a provider, or leave signIn away')
  if (returnTo.length === 0) throw new TypeError('signIn.returnTo: name where people go after it')
  for (const { name, issuer } of providers) {
    if (!/^[a-z][a-z0-9]{0,19}$/.test(name))
      throw new TypeError(`signIn: provider "${name}": a name is lower case letters and digits, at most 20`)
    if (names.has(name)) throw new TypeError(`signIn: two providers are named "${name}"`)
    names.add(name)
    if (!isSecure(issuer))
      throw new TypeError(`signIn: provider "${name}": its issuer ${issuer} must be an https address without a query`)
  }
  const odd = returnTo.find((place) => !isPlace(place))
  if (odd !== undefined)
    throw new TypeError(
      `signIn.returnTo: "${odd}" must be a path such as /signed-in, an https address or one of an app`,
    )
}

/** Does this address stay on this machine, where plain http is no risk. */
export const isLoopback = (address: string): boolean =>
  /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d{1,5})?(?:\/|$)/.test(address)

function isSecure(address: string): boolean {
  if (!URL.canParse(address) || /[?#\s\\]/.test(address)) return false
  const { protocol, username, password } = new URL(address)
  return (protocol === 'https:' || isLoopback(address)) && username === '' && password === ''
}

// Paths are joined to PUBLIC_URL: one that began with two slashes, or a backslash, would name another host.
const isPlace = (place: string): boolean => {
  if (/[#\s\\]/.test(place) || !/^[!-~]{1,500}$/.test(place)) return false
  if (place.startsWith('/')) return !place.startsWith('//')
  // A scheme of an app has a dot: its maker's domain, turned round (RFC 8252 §7.1).
  if (/^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+:\/[^/]/.test(place)) return true
  return URL.canParse(place) && isSecure(place.split('?', 1)[0] ?? '')
}
