// The way to a service and back: what binds it to one browser, sealed in a cookie that lives ten minutes.
import { readCookie, setCookie } from '../../../base/cookie.ts'
import { otherLimits } from '../../../base/identity_limits.ts'
import { sameMac } from '../../../base/seal.ts'
import type { House } from '../../../call/house.ts'

/** What we alone must know until the person is back, and what the client gave us to keep. */
export interface Journey {
  readonly provider: string
  readonly state: string
  readonly nonce: string
  /** Our own PKCE verifier, towards the service. */
  readonly verifier: string
  /** The client's PKCE challenge, towards us. */
  readonly challenge: string
  /** One of the app's list. */
  readonly returnTo: string
  readonly endsMs: number
}

const cookie = 'plinth_sign_in'
const purpose = 'way to another service'

/** A new way, and the cookie that remembers it. */
export function beginJourney(
  house: House,
  asked: Pick<Journey, 'provider' | 'challenge' | 'returnTo'>,
): { readonly journey: Journey; readonly setCookie: string } {
  const secret = (): string => Buffer.from(house.random.bytes(32)).toString('base64url')
  const endsMs = house.clock.ms() + otherLimits.journeyMs
  const journey = { ...asked, state: secret(), nonce: secret(), verifier: secret(), endsMs }
  const sealed = house.keys.seal(purpose, JSON.stringify(journey), asked.provider)
  const maxAgeSeconds = otherLimits.journeyMs / 1_000
  // Lax: the service brings the person back by a link, and the cookie must come along.
  return { journey, setCookie: setCookie(cookie, sealed, { maxAgeSeconds, sameSite: 'Lax' }) }
}

/** The way that this browser is on with this provider, and this state; undefined for any other. */
export function findJourney(
  house: House,
  { provider, state, cookies }: { provider: string; state: string; cookies: string | undefined },
): Journey | undefined {
  const sealed = readCookie(cookies, cookie)
  // Sealed for the provider: the way to one service does not end at the address of another (mix-up, RFC 9700 §4.4).
  const opened = sealed === undefined ? undefined : house.keys.open(purpose, sealed, provider)
  if (opened === undefined) return undefined
  const journey = JSON.parse(opened) as Journey // only `beginJourney` writes what opens here
  return journey.endsMs > house.clock.ms() && sameMac(journey.state, state) ? journey : undefined
}

/** Takes the cookie away. */
export const endJourney = setCookie(cookie, '', { maxAgeSeconds: 0, sameSite: 'Lax' })
