// The cookie of a browser's session: what it is called, what it says to the browser, and what it holds.
import { type CookieName, readCookie, setCookie } from '../../../base/cookie.ts'
import { browserLimits } from '../../../base/identity_limits.ts'
import type { House } from '../../../call/house.ts'

const name: CookieName = 'plinth_session'

/**
 * In development on plain http there is no `Secure`, which some browsers refuse there, and so no `__Host-` either. The
 * answer that sets the cookie says so. In production it is both, whatever PUBLIC_URL says.
 */
export const isSecure = ({ services }: House): boolean =>
  services.isDevelopment !== true || ownOrigin(services).startsWith('https:')

/** The origin that the app's own pages are of. */
export const ownOrigin = ({ publicUrl }: House['services']): string => new URL(publicUrl ?? 'http://localhost').origin

const optionsOf = (house: House) => ({ sameSite: 'Lax' as const, isPlain: !isSecure(house) })

/** `Set-Cookie` for a secret. */
export const sessionCookie = (house: House, secret: string): string =>
  setCookie(name, secret, { ...optionsOf(house), maxAgeSeconds: browserLimits.absoluteMs / 1_000 })

/** `Set-Cookie` that takes it away. */
export const noSessionCookie = (house: House): string => setCookie(name, '', { ...optionsOf(house), maxAgeSeconds: 0 })

/** What a browser brought; undefined for none, and for two. */
export const presentedCookie = (house: House, header: string | undefined): string | undefined =>
  header === undefined ? undefined : readCookie(header, name, optionsOf(house))
