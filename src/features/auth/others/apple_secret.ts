// Apple takes no lasting secret, but a short token that the app's own key signs.
import { createPrivateKey, type KeyObject, sign } from 'node:crypto'

export interface AppleClient {
  readonly team: string
  readonly key: string
  readonly clientId: string
}

/** Long enough for one exchange; Apple takes half a year. */
const livesSeconds = 300

/** The signing key of a secret. Fails with Error for what is no EC key on P-256. */
export function appleKey(pem: string): KeyObject {
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('must be a key on P-256')
  return key
}

/** The `client_secret` of a moment (ES256, RFC 7523). */
export function appleSecret({ team, key, clientId }: AppleClient, signing: KeyObject, nowMs: number): string {
  const issued = Math.floor(nowMs / 1_000)
  const times = { iat: issued, exp: issued + livesSeconds }
  const claims = { iss: team, sub: clientId, aud: 'https://appleid.apple.com', ...times }
  const text = [{ alg: 'ES256', kid: key }, claims].map(encode).join('.')
  const signature = sign('sha256', Buffer.from(text), { key: signing, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
