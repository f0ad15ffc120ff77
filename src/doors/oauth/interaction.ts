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
import {
  consentPage, factorPage, type FormState, type PasskeyAsked, passkeyPage, signInPage, type Waiting,
} from './pages.ts' // prettier-ignore
import { passkeyScriptAt } from './passkey_script.ts'
import { byFactor, byPasskey, bySecret, passkeyOptions, type SignedIn } from './sign_in.ts'

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
  const isPasskeyWanted = form.get('decision') === 'passkey' && open.details.prompt.name === 'login'
  if (form.get('decision') !== 'yes' && !isPasskeyWanted)
    return goOn(open, { error: 'access_denied', error_description: 'the person refused' })
  if (open.details.prompt.name === 'consent') return allow(open)
  const known = waitingOf(open, form.get('waiting'))
  try {
    if (form.has('waiting') && known === undefined) throw new Problem('forbidden', 'Begin this sign-in once more.')
    return await (isPasskeyWanted ? askPasskey(means, request, open, known) : signIn(means, request, open, form, known))
  } catch (error) {
    if (!(error instanceof Problem) || error.kind.status === 500) throw error
    return pageOf(open, { problem: error, waiting: known })
  }
}

interface Known extends Waiting {
  readonly mfaToken: string
}

/** The sign-in that waits, as we sealed it into the page; undefined for none, and for that of another page. */
function waitingOf({ house, details }: Open, sealed: string | undefined): Known | undefined {
  const [mfaToken, ...methods] = (sealed && house.keys.open(purpose, sealed, details.uid))?.split(' ') ?? []
  return sealed === undefined || mfaToken === undefined ? undefined : { sealed, mfaToken, methods }
}

/** The page that asks for a passkey, with what it must sign: good once, for five minutes. */
async function askPasskey(
  means: OauthMeans,
  request: DoorRequest,
  open: Open,
  waiting: Known | undefined,
): Promise<DoorAnswer> {
  const options = await passkeyOptions(means, request, waiting?.mfaToken)
  return pageOf(open, { waiting, passkey: { options, script: passkeyScriptAt(open.house) } })
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
  known: Known | undefined,
): Promise<DoorAnswer> {
  const signedIn = await proved(means, request, form, known)
  if (!('mfaToken' in signedIn)) return goOn(open, { login: loginOf(signedIn) })
  const { mfaToken, methods } = signedIn
  const sealed = open.house.keys.seal(purpose, [mfaToken, ...methods].join(' '), open.details.uid)
  const waiting = { sealed, mfaToken, methods }
  const isPasskeyAlone = methods.every((method) => method === 'passkey')
  return isPasskeyAlone ? askPasskey(means, request, open, waiting) : pageOf(open, { waiting })
}

function proved(
  means: OauthMeans,
  request: DoorRequest,
  form: ReadonlyMap<string, string>,
  known: Known | undefined,
): Promise<SignedIn> {
  const passkey = form.get('passkey')
  if (passkey !== undefined) return byPasskey(means, request, known?.mfaToken, passkey)
  if (known !== undefined) return byFactor(means, request, known.mfaToken, form.get('code') ?? '')
  return bySecret(means, request, form.get('email') ?? '', form.get('password') ?? '')
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
  readonly waiting?: Waiting | undefined
  readonly passkey?: PasskeyAsked
}

function pageOf(open: Open, { problem, waiting, passkey }: Shown): DoorAnswer {
  const { house, details, client } = open
  const state: FormState = {
    app: house.model.app.options.title ?? house.model.name,
    client: client.name,
    form: formCode(house, details.uid),
    fault: problem && wordsOf(problem),
  }
  const html = htmlOf(open, state, { waiting, ...(passkey && { passkey }) })
  const policy = pagePolicy([targetOf(details)], passkey?.script)
  return htmlAnswer(problem?.kind.status ?? 200, html, policy, retryOf(problem))
}

function htmlOf(open: Open, state: FormState, { waiting, passkey }: Shown): string {
  if (open.details.prompt.name === 'consent') return consentPage(state, wordsFor(open))
  if (passkey !== undefined) return passkeyPage(state, passkey, waiting)
  return waiting === undefined ? signInPage(state, textOf(open.details, 'login_hint')) : factorPage(state, waiting)
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
  htmlAnswer(400, notice('This sign-in is over', 'Go back to the application and begin once more.'), pagePolicy([]))

function htmlAnswer(
  status: number,
  html: string,
  policy: string,
  more: Readonly<Record<string, string>> = {},
): DoorAnswer {
  const headers = {
    'Content-Security-Policy': policy,
    // Without it browsers send `Origin: null` with our own form, which cannot be told from another site's.
    'Referrer-Policy': 'same-origin',
    ...more,
  }
  return { status, headers, body: html, type: 'text/html; charset=utf-8' }
}
