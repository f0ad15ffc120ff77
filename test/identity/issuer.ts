// A real OpenID Connect provider on a loopback port, behind a proxy that can lie about what it said.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CompactSign, decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { Provider } from 'oidc-provider'

type Json = Record<string, unknown>

/** What the proxy does to what it passes on; what is not there it leaves alone. */
export interface Lies {
  /** Another ID token in the place of the true one. */
  idToken?: (claims: Json, sign: Sign) => Promise<string>
  /** Another address in the place of the one the browser is sent back to. */
  back?: (url: URL) => URL
  /** Another answer of a path. */
  answers?: Readonly<Record<string, (body: Json) => unknown>>
  /** Paths that answer this status. */
  fails?: Readonly<Record<string, number>>
}

/** Signs as the provider would. */
export type Sign = (claims: Json, header?: Json) => Promise<string>

export interface Issuer extends AsyncDisposable {
  readonly url: string
  /** People by their subjects. */
  readonly people: Map<string, Json>
  /** What the proxy lies about now. */
  lies: Lies
  /** Paths that were asked, in order, with their bodies. */
  readonly asked: { readonly path: string; readonly body: string }[]
  /** Closes the port; `open` opens it again. */
  close(): Promise<void>
  open(): Promise<void>
}

export const client = { id: 'the-app', secret: 'a secret of the app under test' }

/** Made once: it takes longer than a test. */
const pair = generateKeyPair('RS256', { extractable: true })

/** Opens a provider that knows the app at these addresses. */
export async function openIssuer(callbacks: readonly string[]): Promise<Issuer> {
  const keys = await pair
  const jwk = { ...(await exportJWK(keys.privateKey)), kid: 'one', use: 'sig', alg: 'RS256' }
  const sign: Sign = (claims, header = {}) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
      .sign(keys.privateKey)
  const people = new Map<string, Json>()
  const state: { lies: Lies } = { lies: {} }
  const asked: { path: string; body: string }[] = []
  const front = createServer((request, response) => {
    void pass({ request, response, to: inside, lies: state.lies, sign, asked, people, subjectOf })
  })
  const url = await listen(front)
  const provider = new Provider(url, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [...callbacks], ...method }],
    jwks: { keys: [jwk] },
    cookies: { keys: ['a key of a provider that lives for one test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    scopes: ['openid', 'email', 'read:user', 'user:email'],
    pkce: { required: () => true },
    // Nobody is asked for a consent: a page fewer on each way.
    loadExistingGrant: async ({ oidc }) => {
      const { provider: own, client: asking, session } = oidc
      if (asking === undefined || session?.accountId === undefined) return undefined
      const grant = new own.Grant({ clientId: asking.clientId, accountId: session.accountId })
      grant.addOIDCScope('openid email read:user user:email')
      await grant.save()
      return grant
    },
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people.get(id) }) }),
  })
  provider.proxy = true
  const subjectOf = async (token: string) => (await provider.AccessToken.find(token))?.accountId
  const handle = provider.callback()
  const inner = createServer((request, response) => void handle(request, response))
  const inside = await listen(inner)
  const close = async (): Promise<void> => {
    front.closeAllConnections()
    await new Promise((closed) => front.close(closed))
  }
  return {
    url,
    people,
    asked,
    get lies() {
      return state.lies
    },
    set lies(lies) {
      state.lies = lies
    },
    close,
    open: async () => void (await listen(front, Number(new URL(url).port))),
    async [Symbol.asyncDispose]() {
      await close()
      inner.closeAllConnections()
      await new Promise((closed) => inner.close(closed))
    },
  }
}

const method = { token_endpoint_auth_method: 'client_secret_post' } as const

async function listen(server: Server, port = 0): Promise<string> {
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Passing {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly to: string
  readonly lies: Lies
  readonly sign: Sign
  readonly asked: { path: string; body: string }[]
  readonly people: ReadonlyMap<string, Json>
  /** Whom an access token is of. */
  readonly subjectOf: (token: string) => Promise<string | undefined>
}

async function pass({ request, response, to, lies, sign, asked, people, subjectOf }: Passing): Promise<void> {
  const url = new URL(request.url ?? '/', to)
  const sent = Buffer.concat(await Array.fromAsync(request)).toString()
  asked.push({ path: url.pathname, body: sent })
  // Apple's secrets are of the moment; this provider knows the one.
  const body = sent.replace(
    /client_secret=[\w-]+\.[\w-]+\.[\w-]+/,
    `client_secret=${encodeURIComponent(client.secret)}`,
  )
  const fails = lies.fails?.[url.pathname]
  if (fails !== undefined) return void response.writeHead(fails).end()
  const answer = await answerOf(request, { url, to, body, people, subjectOf })
  const headers = Object.fromEntries(answer.headers.filter(([name]) => !dropped.has(name)))
  const cookies = answer.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value)
  const location = headers['location']
  if (location !== undefined && /[?&](code|error)=/.test(location)) headers['location'] = sentBack(location, lies)
  const told = await lied(answer.text, { path: url.pathname, lies, sign })
  response.writeHead(answer.status, { ...headers, ...(cookies.length > 0 && { 'set-cookie': cookies }) }).end(told)
}

function sentBack(location: string, { back = (url) => url }: Lies): string {
  const url = new URL(location)
  // What plays GitHub does not say who it is, as GitHub does not.
  if (url.pathname.includes('/github/')) url.searchParams.delete('iss')
  return back(url).href
}

const dropped = new Set(['content-length', 'transfer-encoding', 'connection', 'set-cookie', 'content-encoding'])

interface Forwarded extends Pick<Passing, 'to' | 'people' | 'subjectOf'> {
  readonly url: URL
  readonly body: string
}

interface Passed {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly text: string
}

async function answerOf(request: IncomingMessage, { url, to, body, people, subjectOf }: Forwarded): Promise<Passed> {
  const { 'content-length': _length, ...kept } = request.headers
  const { host = '', authorization } = kept
  const ask = (path: string): Promise<Response> =>
    fetch(`${to}${path}`, {
      method: request.method ?? 'GET',
      redirect: 'manual',
      ...(body !== '' && { body }),
      headers: { ...(kept as Record<string, string>), ...forwarded(host) },
    })
  // The OAuth of GitHub, on top of the same provider: its own addresses, and an API that says who the token is of.
  const path = url.pathname.replace('/login/oauth/authorize', '/auth').replace('/login/oauth/access_token', '/token')
  if (!path.startsWith('/api/v3/user')) return passed(await ask(`${path}${url.search}`))
  const sub = await subjectOf(authorization?.replace(/^Bearer /, '') ?? '')
  if (sub === undefined) return { status: 401, headers: [], text: '{}' }
  const { email, email_verified: verified } = people.get(sub) ?? {}
  const told = path.endsWith('/emails')
    ? [
        { email: 'old@example.com', primary: false, verified: true },
        { email, primary: true, verified },
      ]
    : { id: Number(sub), login: 'somebody' }
  return { status: 200, headers: [['content-type', 'application/json']], text: JSON.stringify(told) }
}

const forwarded = (host: string) => ({ 'x-forwarded-host': host, 'x-forwarded-proto': 'http', 'accept-encoding': '' })

const passed = async (answer: Response): Promise<Passed> => ({
  status: answer.status,
  headers: [...answer.headers],
  text: await answer.text(),
})

async function lied(
  text: string,
  { path, lies, sign }: { readonly path: string; readonly lies: Lies; readonly sign: Sign },
): Promise<string> {
  const other = lies.answers?.[path]
  if (other !== undefined) return JSON.stringify(other(JSON.parse(text) as Json))
  if (path !== '/token' || lies.idToken === undefined) return text
  const told = JSON.parse(text) as Json
  const { id_token: token } = told
  if (typeof token !== 'string') return text
  return JSON.stringify({ ...told, id_token: await lies.idToken(decodeJwt(token), sign) })
}
