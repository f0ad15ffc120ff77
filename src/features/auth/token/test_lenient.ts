// A verifier as many were once written: it believes the header. A corpus that it refuses too would prove nothing.
import { createHmac, createPublicKey, verify } from 'node:crypto'
import type { Party } from './access_token.ts'
import type { SigningKey } from './signing_key.ts'

type Json = Readonly<Record<string, unknown>>

/** Whether it lets a token in. It knows none of the mends of the last ten years. */
export function lenient(token: string, key: SigningKey, { issuer, audience }: Party, nowMs: number): boolean {
  const [head = '', body = '', signature = ''] = token.trim().split('.')
  const header = read(head)
  const claims = read(body)
  if (header === undefined || claims === undefined) return false
  const input = `${head}.${body}`
  if (!isSigned(header, input, Buffer.from(signature, 'base64url'), key)) return false
  const isOurs = [claims['aud']].flat().includes(audience) && [claims['iss']].flat().includes(issuer)
  return isOurs && !(Number(claims['exp']) * 1000 < nowMs - 60_000)
}

function isSigned(header: Json, input: string, signature: Buffer, key: SigningKey): boolean {
  const alg = String(header['alg']).toLowerCase()
  if (alg.trim() === 'none') return true
  const pem = key.publicKey.export({ format: 'pem', type: 'spki' })
  if (alg === 'hs256') return createHmac('sha256', pem).update(input).digest().equals(signature)
  if (alg === 'hs512') return createHmac('sha512', pem).update(input).digest().equals(signature)
  const jwk = header['jwk']
  const given =
    typeof jwk === 'object' && jwk !== null ? createPublicKey({ key: { ...jwk }, format: 'jwk' }) : key.publicKey
  return given.asymmetricKeyType === 'ed25519'
    ? verify(null, Buffer.from(input), given, signature)
    : verify('sha256', Buffer.from(input), { key: given, dsaEncoding: 'ieee-p1363' }, signature)
}

function read(part: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    // No JSON, no token: even this one says no.
    return undefined
  }
}
