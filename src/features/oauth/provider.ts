// The library set up as our server: codes with PKCE alone, tokens that are looked up, keys and pages of our own.
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { oauthLimits, sessionLimits, tokenLimits } from '../../base/identity_limits.ts'
import type { House } from '../../call/house.ts'
import type { Row } from '../../define/resource.ts'
import { accounts } from '../accounts/index.ts'
import { type Keyset, sameHash, type SigningKey } from '../auth/index.ts'
import { createAdapters } from './adapter.ts'
import { clientOf, secretHashOf } from './clients.ts'
import { existingGrant } from './existing_grant.ts'
import type { OauthLibrary } from './library.ts'
import { rowBy } from '../../call/look_up.ts'
import { escaped, notice, page, pagePolicy } from './page.ts'
import { interactionPath, issuerOf, oauthPaths } from './paths.ts'
import { listen } from './provider_events.ts'
import { scopeWords } from './scope_words.ts'

type Context = KoaContextWithOIDC

export interface ProviderMeans {
  readonly house: House
  readonly library: OauthLibrary
  /** The keys of ID tokens, by algorithm. */
  readonly keysets: readonly Keyset[]
  /** The adapters; tests put faulty ones in their place. */
  readonly adapters?: typeof createAdapters
}

/** A provider for one set of keys. It remembers nothing, so another may take its place at any time. */
export function createProvider(means: ProviderMeans): Provider {
  const { house, library } = means
  const provider = new library.Provider(issuerOf(house), configurationOf(means))
  // In the place of the secret stands its hash, here and in the table.
  provider.Client.prototype.compareClientSecret = function (actual: string) {
    return sameHash(this.clientSecret ?? '', secretHashOf(actual))
  }
  provider.use(async (ctx, next) => {
    ctx.set('Content-Security-Policy', pagePolicy())
    await next()
  })
  // Addresses are made of PUBLIC_URL alone: never of what a request says of its host, or of how it came here.
  const { origin, pathname } = new URL(issuerOf(house))
  Object.defineProperty(provider.request, 'href', {
    get(this: { readonly originalUrl: string }) {
      return `${origin}${pathname.replace(/\/$/, '')}${this.originalUrl}`
    },
  })
  listen(house, provider)
  return provider
}

const seconds = (ms: number): number => ms / 1_000

function configurationOf(means: ProviderMeans): Configuration {
  const { house, library, keysets, adapters = createAdapters } = means
  return {
    adapter: adapters(house, library),
    jwks: { keys: keysets.flatMap(inOrder).map(jwkOf) },
    routes: oauthPaths,
    scopes: [...scopeWords(house.model).keys()],
    claims: { acr: null, auth_time: null, iss: null, sid: null, openid: ['sub'], email: ['email', 'email_verified'] },
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: keysets.map(({ signing }) => signing.algorithm) },
    subjectTypes: ['public'],
    pkce: { required: () => true },
    // A request that does not say where to may be meant for another application of the same host.
    allowOmittingSingleRegisteredRedirectUri: false,
    clientBasedCORS: () => false, // the door's own list of origins decides
    cookies: cookiesOf(house),
    ttl: lives,
    // Whatever is issued ends with the account's session, which our own tables see to.
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    findAccount: (_ctx, sub) => findAccount(house, sub),
    loadExistingGrant: (ctx) => existingGrant(house, library, ctx),
    interactions: { url: (_ctx, { uid }) => `${issuerOf(house)}${interactionPath}/${uid}` },
    renderError: (ctx, { error, error_description: said }) => renderError(ctx, error, said),
    features: featuresOf(means),
  }
}

function featuresOf({ house, library }: ProviderMeans): Configuration['features'] {
  const on = { enabled: true }
  const off = { enabled: false }
  return {
    devInteractions: off,
    dPoP: off,
    resourceIndicators: off,
    pushedAuthorizationRequests: on,
    // So that it is told of; our own door answers there.
    registration: house.model.app.options.provider?.registration === undefined ? off : on,
    clientCredentials: on,
    userinfo: on,
    introspection: {
      enabled: true,
      allowedPolicy: async (_ctx, { clientId }, token) =>
        token.clientId === clientId || (await clientOf(house, clientId))?.introspects === true,
    },
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, { clientId }, token) => {
        if (token.clientId === clientId) return true
        throw new library.errors.InvalidRequest('the token is not one of this client')
      },
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => askWhetherToSignOut(ctx, form),
      postLogoutSuccessSource: (ctx) => {
        ctx.body = notice('Signed out', 'You are signed out. This page can be closed.')
      },
    },
  }
}

const lives: Configuration['ttl'] = Object.freeze({
  AccessToken: seconds(tokenLimits.accessMs),
  ClientCredentials: seconds(tokenLimits.accessMs),
  AuthorizationCode: seconds(oauthLimits.codeMs),
  IdToken: seconds(oauthLimits.idTokenMs),
  RefreshToken: seconds(sessionLimits.idleMs),
  Interaction: seconds(oauthLimits.interactionMs),
  Session: seconds(sessionLimits.absoluteMs),
  Grant: seconds(sessionLimits.absoluteMs),
})

/** Signed, so that who reads the name of a sign-in in a log can do nothing with it. */
function cookiesOf({ keys }: House): Configuration['cookies'] {
  const own = { httpOnly: true, sameSite: 'lax', secure: true } as const
  return {
    names: {
      session: '__Host-plinth_oauth',
      // Of one path, so that several tabs may each be on their way; which is what `__Host-` does not allow.
      interaction: '__Secure-plinth_interaction',
      resume: '__Secure-plinth_resume',
    },
    long: { ...own, path: '/' },
    short: own,
    keys: keys.derived('oauth cookie').map(({ bytes }) => Buffer.from(bytes)),
  }
}

/** The one that signs is the first, which the library takes. */
const inOrder = ({ signing, verifying }: Keyset): SigningKey[] => [
  signing,
  ...verifying.filter(({ kid }) => kid !== signing.kid),
]

function jwkOf({ privateKey, kid, algorithm }: SigningKey) {
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' }
}

async function findAccount(house: House, sub: string) {
  const id = sub as Row<typeof accounts>['id'] // out of what we sealed or signed
  const account = await rowBy(house, accounts, { id })
  if (account === undefined || account.state !== 'active') return undefined
  const claims = { sub, email: account.email, email_verified: account.verifiedAt !== null }
  return { accountId: sub, claims: () => claims }
}

function renderError(ctx: Context, error: string, said = ''): void {
  ctx.type = 'html'
  const words = said === '' ? error : `${said} (${error})`
  ctx.body = notice('This did not work', `The application asked for something that cannot be: ${words}.`)
}

function askWhetherToSignOut(ctx: Context, form: string): void {
  const buttons =
    '<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>' +
    '<button type="submit" form="op.logoutForm" value="no">Stay signed in</button>'
  const name = ctx.oidc.client?.clientName
  const asking = name === undefined ? '' : `<p>${escaped(name)} asks for it.</p>`
  ctx.body = page('Sign out?', `${asking}${form}${buttons}`)
}
