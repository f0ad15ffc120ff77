// What a service may say that must not be believed, each with one fault.
import { createHmac } from 'node:crypto'
import { generateKeyPair, CompactSign } from 'jose'
import { client, type Lies, type Sign } from './issuer.ts'

type Claims = Record<string, unknown>

const nowSeconds = (): number => Math.floor(performance.timeOrigin / 1_000 + performance.now() / 1_000)
const changed = (more: Claims): Lies => ({ idToken: (claims, sign) => sign({ ...claims, ...more }) })
const without = (name: string): Lies => ({
  idToken: (claims, sign) => sign(Object.fromEntries(Object.entries(claims).filter(([one]) => one !== name))),
})
const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

async function byAnotherKey(claims: Claims): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256')
  const text = new TextEncoder().encode(JSON.stringify(claims))
  return new CompactSign(text).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey)
}

async function bySecret(claims: Claims): Promise<string> {
  const text = `${encoded({ alg: 'HS256' })}.${encoded(claims)}`
  return `${text}.${createHmac('sha256', client.secret).update(text).digest('base64url')}`
}

async function bent(claims: Claims, sign: Sign): Promise<string> {
  const [head = '', , signature = ''] = (await sign(claims)).split('.')
  return `${head}.${encoded({ ...claims, sub: '2' })}.${signature}`
}

/** ID tokens with one fault each. */
export const lyingTokens: Readonly<Record<string, Lies>> = {
  'another nonce': changed({ nonce: 'of another way' }),
  'no nonce': without('nonce'),
  'for somebody else': changed({ aud: 'another-app' }),
  'for several, of which none is us': changed({ aud: ['another-app', 'a-third'] }),
  'for us and another, given to the other': changed({ aud: [client.id, 'another-app'], azp: 'another-app' }),
  'for nobody': without('aud'),
  'of another issuer': changed({ iss: 'https://evil.example' }),
  'of an issuer that only looks like ours': {
    idToken: (claims, sign) => sign({ ...claims, iss: `${String(claims['iss'])}/` }),
  },
  'of no issuer': without('iss'),
  'over since an hour': { idToken: (claims, sign) => sign({ ...claims, exp: nowSeconds() - 3_600 }) },
  'without an end': without('exp'),
  'with an end that is a text': changed({ exp: '9999999999' }),
  'from tomorrow': { idToken: (claims, sign) => sign({ ...claims, nbf: nowSeconds() + 86_400 }) },
  'of nobody': without('sub'),
  'unsigned, alg none': { idToken: async (claims) => `${encoded({ alg: 'none' })}.${encoded(claims)}.` },
  'unsigned, alg None': { idToken: async (claims) => `${encoded({ alg: 'None' })}.${encoded(claims)}.` },
  'signed by another key': { idToken: byAnotherKey },
  'signed by the secret': { idToken: bySecret },
  'changed after it was signed': { idToken: bent },
  'of another key id': { idToken: (claims, sign) => sign(claims, { kid: 'two' }) },
  'that is no token': { idToken: async () => 'no.token' },
}

/** The same machinery, saying what is true. */
export const truth: Lies = { idToken: (claims, sign) => sign(claims) }
