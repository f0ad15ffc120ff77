// The two ends of a way to another service: leaving for it, and coming back. No transaction is open while it is asked.
import type { AuthorizationResponseError } from 'openid-client'
import { otherLimits } from '../../../base/identity_limits.ts'
import { Problem } from '../../../base/pure/problem.ts'
import type { Origin } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import type { Provider, SignIn } from '../../../define/sign_in.ts'
import { headOf } from '../steps/letter_head.ts'
import { claim, keep, release } from './arrivals.ts'
import { type Configurations, createConfigurations } from './configurations.ts'
import { Unreachable } from './foreign_fetch.ts'
import { readGithub } from './github.ts'
import { beginJourney, endJourney, findJourney, type Journey } from './journey.ts'
import type { OpenIdLibrary } from './library.ts'
import { readOpenId } from './openid.ts'
import type { Said } from './said.ts'
import type { Redirect, WayAsked, Ways } from './way.ts'

/** The ways of a house by a package, which is asked for when somebody first leaves. */
export function waysBy(house: House, load: () => Promise<OpenIdLibrary>): Ways {
  const means: { made?: Promise<Means> } = {}
  const meansOf = (): Promise<Means> => (means.made ??= openMeans(house, load))
  return Object.freeze({
    begin: async (asked: WayAsked) => begin(house, await meansOf(), asked),
    finish: async (asked: WayAsked) => finish(house, await meansOf(), asked),
  })
}

interface Means {
  readonly library: OpenIdLibrary
  readonly configurations: Configurations
}

async function openMeans(house: House, load: () => Promise<OpenIdLibrary>): Promise<Means> {
  const library = await load()
  return { library, configurations: createConfigurations(house, library) }
}

function providerOf(house: House, name: string): { readonly provider: Provider; readonly signIn: SignIn } {
  const { signIn } = house.model.app.options
  const provider = signIn?.providers.find((one) => one.name === name)
  if (provider === undefined || signIn === undefined) throw new Problem('not_found', 'There is no such service here.')
  return { provider, signIn }
}

/** Made of PUBLIC_URL, never of what a request says of its host: the service knows this address. */
const callbackOf = (house: House, { name }: Provider): string =>
  `${headOf(house).publicUrl}/api/v1/auth/oauth/${name}/callback`

// ---- leaving

async function begin(house: House, { library, configurations }: Means, asked: WayAsked): Promise<Redirect> {
  const { provider, signIn } = providerOf(house, asked.provider)
  const { challenge, returnTo } = readStart(asked.query, signIn)
  const configuration = await reached(house, provider, () => configurations(provider))
  const { journey, setCookie } = beginJourney(house, { provider: provider.name, challenge, returnTo })
  const url = library.buildAuthorizationUrl(configuration, {
    ...provider.parameters,
    redirect_uri: callbackOf(house, provider),
    scope: provider.scope,
    state: journey.state,
    ...(provider.speaks === 'openid' && { nonce: journey.nonce }),
    code_challenge: await library.calculatePKCECodeChallenge(journey.verifier),
    code_challenge_method: 'S256',
  })
  return { location: url.href, setCookie }
}

function readStart(query: URLSearchParams, signIn: SignIn): Pick<Journey, 'challenge' | 'returnTo'> {
  for (const name of query.keys()) {
    if (!['challenge', 'returnTo'].includes(name) || query.getAll(name).length > 1)
      throw new Problem('malformed', `Parameter "${name.slice(0, 40)}": there is none such, or it is there twice.`)
  }
  const challenge = query.get('challenge') ?? ''
  if (!/^[\w-]{43}$/.test(challenge))
    throw new Problem('malformed', 'Parameter "challenge": the SHA-256 of a verifier that you keep, base64url.')
  const [first = ''] = signIn.returnTo
  const returnTo = query.get('returnTo') ?? first
  // Compared as text: an address that is never read cannot be read in two ways.
  if (!signIn.returnTo.includes(returnTo))
    throw new Problem('malformed', 'Parameter "returnTo": not one of the places that the app names.')
  return { challenge, returnTo }
}

// ---- coming back

async function finish(house: House, means: Means, { query, origin, ...asked }: WayAsked): Promise<Redirect> {
  const { provider } = providerOf(house, asked.provider)
  const state = query.getAll('state').length === 1 ? (query.get('state') ?? '') : ''
  const journey = findJourney(house, { provider: provider.name, state, cookies: origin.headers['cookie'] })
  const claimed = journey && (await claim(house, journey, origin))
  if (journey === undefined || claimed === undefined) throw notBegun()
  const read = (): Promise<Said> => readBack(house, means, { provider, journey, query })
  try {
    const said = await reached(house, provider, read)
    return back(house, journey, { code: await keep(house, claimed, said, origin) })
  } catch (error) {
    if (error instanceof Problem) {
      if (error.code === 'unavailable') await release(house, claimed, origin)
      throw error
    }
    return back(house, journey, { error: refusalOf(house, means, { provider, error, origin }) })
  }
}

interface Returned {
  readonly provider: Provider
  readonly journey: Journey
  readonly query: URLSearchParams
}

async function readBack(house: House, means: Means, { provider, journey, query }: Returned): Promise<Said> {
  const { library } = means
  const configuration = await means.configurations(provider)
  const url = new URL(`${callbackOf(house, provider)}?${query.toString()}`)
  const read = provider.speaks === 'openid' ? readOpenId : readGithub
  return read({ library, configuration, provider, journey, url })
}

/** To the place that the way was begun for. What is said stands behind the #: no server, log or Referer sees it. */
function back(house: House, { returnTo, provider }: Journey, said: Readonly<Record<string, string>>): Redirect {
  const place = returnTo.startsWith('/') ? `${headOf(house).publicUrl}${returnTo}` : returnTo
  const fragment = new URLSearchParams({ ...said, provider }).toString()
  return { location: `${place}#${fragment}`, setCookie: endJourney }
}

const notBegun = (): Problem =>
  new Problem('forbidden', 'This sign-in was not begun in this browser, or is over. Begin it again.')

/** What the client is told: the person said no, or what the service said is not to be believed. */
function refusalOf(
  house: House,
  { library }: Means,
  { provider, error, origin }: { provider: Provider; error: unknown; origin: Origin },
): string {
  const told = error instanceof library.AuthorizationResponseError ? error : undefined
  house.log.warn({ request: origin.requestId, provider: provider.name, why: reasonOf(error, told) }, 'a sign-in failed')
  return told?.error === 'access_denied' ? 'access_denied' : 'refused'
}

// No more than what went wrong: causes hold tokens.
function reasonOf(error: unknown, told: AuthorizationResponseError | undefined): string {
  if (told !== undefined) return `the service answered ${told.error}`.slice(0, 200)
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return `${error instanceof Error ? error.message : String(error)}${cause}`.slice(0, 200)
}

/** Asks a service. Fails with unavailable where it cannot be reached; else as the question does. */
async function reached<T>(house: House, { name }: Provider, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!isUnreachable(error)) throw error
    house.log.warn({ provider: name, error }, 'a service could not be reached')
    const headers = { 'Retry-After': String(otherLimits.retrySeconds) }
    throw new Problem('unavailable', 'The other service cannot be reached; try again.', { headers, cause: error })
  }
}

function isUnreachable(error: unknown): boolean {
  if (error instanceof Unreachable) return true
  return error instanceof Error && error.cause !== undefined && isUnreachable(error.cause)
}
