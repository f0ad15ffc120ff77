// Cookies of the house: `__Host-` alone (RFC 6265bis §4.1.3.2), so that no other host and no plain HTTP can set one.

/** A cookie's name without its prefix. */
export type CookieName = `plinth_${string}`

export interface CookieOptions {
  /** Seconds it lives; 0 takes it away. */
  readonly maxAgeSeconds: number
  /** `Lax` where a link from elsewhere shall bring it too. */
  readonly sameSite: 'Lax' | 'Strict'
  /** Without the prefix and `Secure`: for plain http in development alone. */
  readonly isPlain?: boolean
}

/** The value of `Set-Cookie`. No script reads the cookie. Fails with RangeError for a value no cookie can hold. */
export function setCookie(
  name: CookieName,
  value: string,
  { maxAgeSeconds, sameSite, isPlain }: CookieOptions,
): string {
  if (!/^[\w.~-]{0,3800}$/.test(value)) throw new RangeError(`cookie ${name}: letters, digits and . _ ~ - alone`)
  const secure = isPlain === true ? '' : ' Secure;'
  const lasting = `Path=/; Max-Age=${maxAgeSeconds};`
  return `${fullName(name, isPlain)}=${value}; ${lasting}${secure} HttpOnly; SameSite=${sameSite}`
}

/**
 * The cookie of that name in a `Cookie` header; undefined for none, and for two: a browser sends one, and of two it
 * would not be known which is whose.
 */
export function readCookie(
  header: string | undefined,
  name: CookieName,
  { isPlain }: Pick<CookieOptions, 'isPlain'> = {},
): string | undefined {
  const prefix = `${fullName(name, isPlain)}=`
  const found = (header ?? '').split(';').flatMap((part) => {
    const pair = part.trim()
    return pair.startsWith(prefix) ? [pair.slice(prefix.length)] : []
  })
  return found.length === 1 ? found[0] : undefined
}

const fullName = (name: CookieName, isPlain = false): string => (isPlain ? name : `__Host-${name}`)
