// GET /api/v1/auth/oauth/{provider}/start and /callback: a browser leaves for another service, and comes back.
import type { House } from '../call/house.ts'
import type { DoorAnswer, DoorRequest, Route } from '../doors/http/route.ts'
import { apiRoot } from '../doors/rest/address.ts'
import { type Identified, originOf, withHeaders } from '../doors/rest/identified.ts'
import { createWays, type Redirect, type WayAsked } from '../features/auth/index.ts'

interface Admitting {
  /** Counts the request against who asks. Fails with rate_limited. */
  admit(asking: Pick<DoorRequest, 'address' | 'headers'>, cost: number): Promise<Identified>
}

const base = `${apiRoot}/auth/oauth/:provider`
const form = 'application/x-www-form-urlencoded'

/** The routes of an app that believes other services. */
export function oauthRoutes(house: House, means: Admitting): Route[] {
  const ways = createWays(house)
  const route = (name: string, go: (asked: WayAsked) => Promise<Redirect>): Route => ({
    method: 'GET',
    path: `${base}/${name}`,
    name: `auth.oauth.${name}`,
    handle: (request) => redirect(request, means, go),
  })
  return [route('start', ways.begin), route('callback', ways.finish), postedRoute]
}

/**
 * Apple answers by a form. It comes from another site, so the browser keeps our cookie back; asked again by a link, it
 * brings it (RFC 6265bis §5.2).
 */
const postedRoute: Route = {
  method: 'POST',
  path: `${base}/callback`,
  name: 'auth.oauth.posted',
  consumes: [form],
  bodyBytes: 8_192,
  handle: ({ body, path }) => {
    const sent = new URLSearchParams(Buffer.from(body instanceof Uint8Array ? body : []).toString('utf8'))
    const query = new URLSearchParams([...sent].filter(([name]) => known.has(name)))
    return seeOther({ Location: `${path}?${query.toString()}` })
  },
}

/** What an answer of a service is made of (RFC 6749 §4.1.2, RFC 9207). */
const known: ReadonlySet<string> = new Set(['code', 'state', 'iss', 'error'])

async function redirect(
  request: DoorRequest,
  means: Admitting,
  go: (asked: WayAsked) => Promise<Redirect>,
): Promise<DoorAnswer> {
  const { headers } = await means.admit({ address: request.address, headers: {} }, 1)
  try {
    const { location, setCookie } = await go({
      provider: request.params['provider'] ?? '',
      query: new URLSearchParams(request.query),
      origin: originOf(request),
    })
    // 303 and not 307, which would send a form on; no Referer tells the service or the app where it was.
    return seeOther({ ...headers, Location: location, 'Set-Cookie': setCookie })
  } catch (error) {
    throw withHeaders(error, headers)
  }
}

const seeOther = (headers: DoorAnswer['headers']): DoorAnswer => ({
  status: 303,
  headers: { ...headers, 'Referrer-Policy': 'no-referrer' },
  body: undefined,
  type: '',
})
