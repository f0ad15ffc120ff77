// A sign-in on its way: the library says what is missing, the pages ask for it, and the answer goes back to it.
import type { Interaction, InteractionResults } from 'oidc-provider'
import { Problem } from '../../base/pure/problem.ts'
import type { House } from '../../call/house.ts'
import {
  clientOf, deedOf, type KnownClient, makeGrant, notice, oauthOf, type OauthServer, pagePolicy, rememberConsent,
  scopeWords, sessionBehind,
} from '../../features/oauth/index.ts' // prettier-ignore
import type { DoorAnswer, DoorRequest } from '../http/route.ts'
import { type Exchange, exchangeOf } from './exchange.ts'
import { formCode, readForm } from './form.ts'
import type { OauthMeans } from './means.ts'
import { consentPage, factorPage, type FormState, signInPage } from './pages.ts'
import { byFactor, bySecret, type SignedIn } from './sign_in.ts'

interface Open {
  readonly house: House
  readonly server: OauthServer
  readonly exchange: Exchange
  readonly details: Interaction
  readonly client: KnownClient
}

/** GET: the page that asks for what is missing. */
export async function show(house: House, request: DoorRequest): Promise<DoorAnswer> {
  const open = await opened(house, request)
  return open === undefined ? gone() : pageOf(open, {})
}

/** POST: takes what the person gave or decided, and goes on. */
export async function decide(means: OauthMeans, request: DoorRequest): Promise<DoorAnswer> {
  const open = await opened(means.house, request)
  if (open === undefined) return gone()
  const form = readForm(means.house, request, open.details.uid)
  if (form.get('decision') !== 'yes')
    return goOn(open, { error: 'access_denied', error_description: 'the person refused' })
  if (open.details.prompt.name === 'consent') return allow(open)
  try {
    return await signIn(means, request, open, form)
  } catch (error) {
    if (!(error instanceof Problem) || error.kind.status === 500) throw error
    return pageOf(open, { problem: error, waiting: form.get('waiting') })
  }
}

/** The interaction of this browser at this address; undefined for one that is over, or of another browser. */
async function opened(house: House, request: DoorRequest): Promise<Open | undefined> {
  const server = await oauthOf(house)
  const exchange = exchangeOf(house, request)
  const details = await detailsOf(server, exchange)
  if (details === undefined || details.uid !== request.params['uid']) return undefined
  const client = await clientOf(house, textOf(details, 'client_id'))
  return client && { house, server, exchange, details, client }
}

async function detailsOf({ provider, library }: OauthServer, exchange: Exchange): Promise<Interaction | undefined> {
  try {
    return await provider.interactionDetails(exchange.request, exchange.response)
  } catch (error) {
    if (error instanceof library.errors.SessionNotFound) return undefined
    throw error
  }
}

async function signIn(
  means: OauthMeans,
  request: DoorRequest,
  open: Open,
  form: ReadonlyMap<string, string>,
): Promise<DoorAnswer> {
  const { house, details } = open
  const waiting = form.get('waiting')
  const mfaToken = waiting === undefined ? undefined : house.keys.open(purpose, waiting, details.uid)
  if (waiting !== undefined && mfaToken === undefined) throw new Problem('forbidden', 'Begin this sign-in once more.')
  const signedIn =
    mfaToken === undefined
      ? await bySecret(means, request, form.get('email') ?? '', form.get('password') ?? '')
      : await byFactor(means, request, mfaToken, form.get('code') ?? '')
  if ('mfaToken' in signedIn) {
    if (!signedIn.methods.some((method) => method !== 'passkey'))
      throw new Problem('forbidden', 'This account asks for a passkey, which this page cannot ask for.')
    return pageOf(open, { waiting: house.keys.seal(purpose, signedIn.mfaToken, details.uid) })
  }
  return goOn(open, { login: loginOf(signedIn) })
}

/** Seals a sign-in that waits into the page: for this interaction alone. */
const purpose = 'oauth second factor'

const loginOf = ({ account, session, provedMs, methods }: Extract<SignedIn, { session: string }>) => ({
  accountId: account,
  ts: Math.floor(provedMs / 1_000),
  amr: [...methods],
  session,
})

async function allow(open: Open): Promise<DoorAnswer> {
  const { house, server, details, client } = open
  const alive = await sessionBehind(house, server.library, details.session?.uid ?? '')
  if (alive === undefined || alive.account.id !== details.session?.accountId) return gone()
  const granting = { ...alive, client, scopes: wantedScopes(open) }
  const deed = deedOf('consent', open.exchange.request)
  if (!client.firstParty) await rememberConsent(house, deed, granting)
  return goOn(open, { consent: { grantId: await makeGrant(house, deed, granting) } })
}

/** What is asked for and may be: the library has refused what the application may not ask for. */
function wantedScopes({ house, details, client }: Open): string[] {
  const known = scopeWords(house.model)
  const asked = textOf(details, 'scope').split(' ')
  return [...new Set(asked)].filter((scope) => known.has(scope) && client.scopes.includes(scope))
}

/** Hands the result to the library. 303: the browser must not send the password on (RFC 9700 §4.12). */
async function goOn({ server, exchange }: Open, result: InteractionResults): Promise<DoorAnswer> {
  const { request, response } = exchange
  const location = await server.provider.interactionResult(request, response, result)
  return { status: 303, headers: { Location: location }, body: undefined, type: '' }
}

interface Shown {
  readonly problem?: Problem
  readonly waiting?: string | undefined
}

function pageOf(open: Open, { problem, waiting }: Shown): DoorAnswer {
  const { house, details, client } = open
  const state: FormState = {
    app: house.model.app.options.title ?? house.model.name,
    client: client.name,
    form: formCode(house, details.uid),
    fault: problem && wordsOf(problem),
  }
  const html =
    details.prompt.name === 'consent'
      ? consentPage(state, wordsFor(open))
      : waiting === undefined
        ? signInPage(state, textOf(details, 'login_hint'))
        : factorPage(state, waiting)
  return htmlAnswer(problem?.kind.status ?? 200, html, retryOf(problem), [targetOf(details)])
}

const wordsFor = (open: Open): string[] => {
  const words = scopeWords(open.house.model)
  return wantedScopes(open).map((scope) => words.get(scope) ?? scope)
}

const wordsOf = ({ errors, message }: Problem): string =>
  errors === undefined ? message : errors.map(({ pointer, message: said }) => `${pointer.slice(1)}: ${said}`).join(' ')

const retryOf = (problem: Problem | undefined): Record<string, string> => {
  const after = problem?.headers?.['Retry-After']
  return after === undefined ? {} : { 'Retry-After': after }
}

/** Where the form may lead: to the application, whose address the library has found registered. */
function targetOf(details: Interaction): string {
  const { protocol, origin } = new URL(textOf(details, 'redirect_uri'))
  return protocol === 'https:' || protocol === 'http:' ? origin : protocol
}

/** A parameter of the request, which the library has read once. */
function textOf({ params }: Interaction, name: string): string {
  const value = params[name]
  return typeof value === 'string' ? value : ''
}

const gone = (): DoorAnswer =>
  htmlAnswer(400, notice('This sign-in is over', 'Go back to the application and begin once more.'), {}, [])

function htmlAnswer(
  status: number,
  html: string,
  more: Readonly<Record<string, string>>,
  targets: readonly string[],
): DoorAnswer {
  const headers = {
    'Content-Security-Policy': pagePolicy(targets),
    // Without it browsers send `Origin: null` with our own form, which cannot be told from another site's.
    'Referrer-Policy': 'same-origin',
    ...more,
  }
  return { status, headers, body: html, type: 'text/html; charset=utf-8' }
}
