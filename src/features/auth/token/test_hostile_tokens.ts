// Tokens nobody may get in with, each one fault away from a good one: the corpus of what was done to others.
import { createHmac, generateKeyPairSync, sign as signWith, type KeyObject } from 'node:crypto'
import type { Party } from './access_token.ts'
import { algorithms } from './algorithms.ts'
import type { SigningKey } from './signing_key.ts'

export interface HostileToken {
  readonly title: string
  readonly token: string
}

type Json = Readonly<Record<string, unknown>>

/** What a forger holds: a good token, our public key, and (for slips of our own code) a way to have us sign. */
interface Forge {
  readonly key: SigningKey
  readonly header: Json
  readonly claims: Json
  readonly good: string
}

/** Every token of the corpus, made for a key and a party at a time. `good` is one that is taken. */
export function hostileTokens(key: SigningKey, party: Party, good: string, nowMs: number): readonly HostileToken[] {
  const [head = '', body = ''] = good.split('.')
  const forge: Forge = { key, good, header: parse(head), claims: parse(body) }
  return [
    ...unsigned(forge),
    ...macOfPublicKey(forge),
    ...foreignKeys(forge),
    ...headers(forge),
    ...parties(forge, party),
    ...times(forge, Math.floor(nowMs / 1000)),
    ...people(forge),
    ...bodies(forge),
    ...spellings(forge),
  ]
}

/** A token of these parts, signed by our own key: what a slip elsewhere could make us sign. */
function oursOf(forge: Forge, header: unknown, claims: unknown): string {
  const input = `${text64(header)}.${text64(claims)}`
  const signature = algorithms[forge.key.algorithm].sign(Buffer.from(input), forge.key.privateKey)
  return `${input}.${signature.toString('base64url')}`
}

function unsigned({ header, claims, good }: Forge): HostileToken[] {
  const spellings = ['none', 'None', 'NONE', 'nOnE', 'none ', '\u0000none', 'n\u043ene', '']
  const signatures = [
    ['no signature', ''],
    ['zeros', Buffer.alloc(64).toString('base64url')],
    ['the signature of another', good.split('.')[2] ?? ''],
  ] as const
  return spellings.flatMap((alg) =>
    signatures.map(([what, signature]) => ({
      title: `alg ${JSON.stringify(alg)} with ${what}`,
      token: `${text64({ ...header, alg })}.${text64(claims)}.${signature}`,
    })),
  )
}

/** Twenty ways a key was put before another reader than the one that checked it. */
const prefixes: readonly (readonly [string, string])[] = [
  ['as it is', ''],
  ['a space', ' '],
  ['two spaces', '  '],
  ['a tab', '\t'],
  ['a newline', '\n'],
  ['two newlines', '\n\n'],
  ['a return', '\r'],
  ['return and newline', '\r\n'],
  ['a form feed', '\f'],
  ['a vertical tab', '\v'],
  ['a NUL', '\0'],
  ['a byte order mark', '\ufeff'],
  ['a no-break space', '\u00a0'],
  ['a line separator', '\u2028'],
  ['a comment', '# key\n'],
  ['a slashed comment', '// key\n'],
  ['a PEM remark', 'Subject: api\n'],
  ['a quote', '"'],
  ['a brace', '{'],
  ['a zero-width space', '\u200b'],
]

function macOfPublicKey({ key, header, claims }: Forge): HostileToken[] {
  const forms: readonly (readonly [string, string | Buffer])[] = [
    ['PEM', key.publicKey.export({ format: 'pem', type: 'spki' })],
    ['PEM without its end', key.publicKey.export({ format: 'pem', type: 'spki' }).trimEnd()],
    ['DER', key.publicKey.export({ format: 'der', type: 'spki' })],
    ['DER in base64', key.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')],
    ['JWK', JSON.stringify(key.publicKey.export({ format: 'jwk' }))],
    ['published JWK', JSON.stringify(key.jwk)],
    ['x', Buffer.from(key.jwk['x'] ?? '', 'base64url')],
    ['x as text', key.jwk['x'] ?? ''],
  ]
  return (['HS256', 'HS512'] as const).flatMap((alg) =>
    forms.flatMap(([form, bytes]) =>
      prefixes.map(([prefix, before]) => {
        const secret = Buffer.concat([Buffer.from(before), Buffer.from(bytes)])
        return { title: `${alg} by our ${form} after ${prefix}`, token: mac(alg, secret, { ...header, alg }, claims) }
      }),
    ),
  )
}

const attacker = generateKeyPairSync('ed25519')

function foreignKeys({ header, claims }: Forge): HostileToken[] {
  const jwk = attacker.publicKey.export({ format: 'jwk' })
  const named: readonly (readonly [string, Json])[] = [
    ['our kid', {}],
    ['its own key in the header', { jwk }],
    ['the address of its own keys', { jku: 'https://evil.example/jwks.json' }],
    ['a jku that begins as ours', { jku: 'https://api.example.com@evil.example/jwks.json' }],
    ['the address of its own certificate', { x5u: 'https://evil.example/cert.pem' }],
    ['its own certificate', { x5c: ['MIIB'], x5t: 'AAAA' }],
    ...[
      '../../../../dev/null',
      '/dev/null',
      'C:\\Windows\\win.ini',
      "' or 1=1 --",
      "x' union select 'secret' --",
      '$(id)',
      '|/usr/bin/id',
      'http://127.0.0.1/key',
      '__proto__',
      'constructor',
      'toString',
      '',
      '\0',
      'a'.repeat(3_000),
    ].map((kid) => [`the kid ${JSON.stringify(kid.slice(0, 30))}`, { kid }] as const),
    ['a null kid', { kid: null }],
    ['a list of kids', { kid: [header['kid']] }],
    ['an object for a kid', { kid: { $ne: null } }],
  ]
  return [
    ...named.map(([what, over]) => ({
      title: `a foreign key under ${what}`,
      token: by(attacker.privateKey, { ...header, ...over }, claims),
    })),
    ...['', '\0', 'secret', 'null'].map((secret) => ({
      title: `HS256 by the secret ${JSON.stringify(secret)}`,
      token: mac('HS256', Buffer.from(secret), { ...header, alg: 'HS256', kid: '../../../../dev/null' }, claims),
    })),
  ]
}

function headers(forge: Forge): HostileToken[] {
  const { header, claims } = forge
  const { alg, typ, kid } = header
  const whole = JSON.stringify(header)
  const wrong: readonly (readonly [string, unknown])[] = [
    ['typ JWT', { ...header, typ: 'JWT' }],
    ['no typ', { alg, kid }],
    ['typ in capitals', { ...header, typ: 'AT+JWT' }],
    ['typ with application/', { ...header, typ: 'application/at+jwt' }],
    ['typ as a list', { ...header, typ: ['at+jwt'] }],
    ['typ dpop+jwt', { ...header, typ: 'dpop+jwt' }],
    ['typ logout+jwt', { ...header, typ: 'logout+jwt' }],
    ['no kid', { alg, typ }],
    ['alg in small letters', { ...header, alg: String(alg).toLowerCase() }],
    ['alg as a list', { ...header, alg: [alg] }],
    ['alg of another key', { ...header, alg: alg === 'EdDSA' ? 'ES256' : 'EdDSA' }],
    ['alg Ed448', { ...header, alg: 'Ed448' }],
    ['an unknown crit', { ...header, crit: ['exp'] }],
    ['an empty crit', { ...header, crit: [] }],
    ['crit b64 and b64 false', { ...header, crit: ['b64'], b64: false }],
    ['b64 false alone', { ...header, b64: false }],
    ['zip', { ...header, zip: 'DEF' }],
    ['cty JWT', { ...header, cty: 'JWT' }],
    ['enc as in a JWE', { ...header, enc: 'A256GCM' }],
    ['our jku', { ...header, jku: 'https://api.example.com/.well-known/jwks.json' }],
    ['our jwk', { ...header, jwk: forge.key.jwk }],
    ['its members in another order', { kid, typ, alg }],
    ['a space in it', `${whole.slice(0, -1)} }`],
    ['a byte order mark', `\ufeff${whole}`],
    ['alg twice, none first', `{"alg":"none",${whole.slice(1)}`],
    ['alg twice, none last', `${whole.slice(0, -1)},"alg":"none"}`],
    ['typ twice, another first', `{"typ":"JWT",${whole.slice(1)}`],
    ['typ twice, another last', `${whole.slice(0, -1)},"typ":"JWT"}`],
    ['kid twice, another first', `{"kid":"another",${whole.slice(1)}`],
    ['kid twice, another last', `${whole.slice(0, -1)},"kid":"another"}`],
    ['alg spelled with an escape', whole.replace('"alg"', String.raw`"\u0061lg"`)],
    ['__proto__ with the rest', `{"__proto__":${whole}}`],
    ['a list around it', `[${whole}]`],
    ['null', 'null'],
    ['nothing', ''],
  ]
  return wrong.map(([what, bad]) => ({ title: `a header with ${what}`, token: oursOf(forge, bad, claims) }))
}

function parties(forge: Forge, { issuer, audience }: Party): HostileToken[] {
  const change = (name: 'iss' | 'aud', ours: string): readonly (readonly [string, Json])[] => {
    const values: readonly (readonly [string, unknown])[] = [
      ['a list of ours', [ours]],
      ['a list with ours', ['https://evil.example', ours]],
      ['another', 'https://evil.example'],
      ['ours and more', `${ours}.evil.example`],
      ['ours with a slash', `${ours}/`],
      ['ours without its end', ours.slice(0, -1)],
      ['ours in capitals', ours.toUpperCase()],
      ['ours after a space', ` ${ours}`],
      ['ours before a NUL', `${ours}\0`],
      ['nothing', undefined],
      ['null', null],
      ['an empty text', ''],
      ['true', true],
      ['an object', { [ours]: true }],
    ]
    return values.map(([what, value]) => [`${name}: ${what}`, { ...forge.claims, [name]: value }] as const)
  }
  const raw = JSON.stringify(forge.claims)
  const twice = ['iss', 'aud', 'sub', 'sid', 'scope'].flatMap((name): (readonly [string, string])[] => [
    [`${name}: twice, another first`, raw.replace('{', `{"${name}":"another",`)],
    [`${name}: twice, another last`, raw.replace(/}$/, `,"${name}":"another"}`)],
    [`${name}: twice, and alike`, raw.replace(/}$/, `,"${name}":${JSON.stringify(forge.claims[name] ?? 'a')}}`)],
  ])
  // A claim that the token does not have is twice in it only once it is there.
  const doubled = twice.filter(([, text]) => (text.match(/"scope":/g) ?? []).length !== 1)
  return [...change('iss', issuer), ...change('aud', audience), ...doubled].map(([title, claims]) => ({
    title,
    token: oursOf(forge, forge.header, claims),
  }))
}

function times(forge: Forge, now: number): HostileToken[] {
  const raw = JSON.stringify(forge.claims)
  const expOf = (text: string): string => raw.replace(/"exp":\d+/, `"exp":${text}`)
  const wrong: readonly (readonly [string, unknown])[] = [
    ...['"9999999999"', '1e309', '-1', 'null', 'true', '[9999999999]', '{}', '""', '1.7e308', '-1e400', '0'].map(
      (text) => [`exp: ${text}`, expOf(text)] as const,
    ),
    ['exp: NaN', expOf('NaN')],
    ['exp: Infinity', expOf('Infinity')],
    ['exp with a fraction', expOf(`${now + 300}.5`)],
    ['exp in milliseconds', expOf(String((now + 300) * 1000))],
    ['exp in ten years', expOf(String(now + 315_360_000))],
    ['exp a second past the skew', { ...forge.claims, iat: now - 661, exp: now - 61 }],
    ['exp long ago', { ...forge.claims, iat: now - 7_200, exp: now - 6_600 }],
    ['exp before iat', { ...forge.claims, iat: now, exp: now - 30 }],
    ['exp equal to iat', { ...forge.claims, iat: now, exp: now }],
    ['no exp', { ...forge.claims, exp: undefined }],
    ['exp twice, the first past', raw.replace('{', `{"exp":${now - 9_999},`)],
    ['exp twice, the last past', raw.replace(/}$/, `,"exp":${now - 9_999}}`)],
    ['exp twice, once with an escape', raw.replace('{', String.raw`{"\u0065xp":1,`)],
    ['no iat', { ...forge.claims, iat: undefined }],
    ['iat as text', { ...forge.claims, iat: String(now) }],
    ['iat in an hour', { ...forge.claims, iat: now + 3_600, exp: now + 4_200 }],
    ['nbf in an hour', { ...forge.claims, nbf: now + 3_600 }],
    ['nbf as text', { ...forge.claims, nbf: 'now' }],
    ['auth_time as text', { ...forge.claims, auth_time: String(now) }],
    ['no auth_time', { ...forge.claims, auth_time: undefined }],
  ]
  return wrong.map(([title, claims]) => ({ title, token: oursOf(forge, forge.header, claims) }))
}

function people(forge: Forge): HostileToken[] {
  const wrong: readonly (readonly [string, Json])[] = ['sub', 'sid', 'client_id'].flatMap((name) =>
    [undefined, null, '', 0, true, ['a'], { $ne: null }].map(
      (value) => [`${name}: ${JSON.stringify(value) ?? 'nothing'}`, { ...forge.claims, [name]: value }] as const,
    ),
  )
  const idToken = { ...forge.claims, aud: 'shop', nonce: 'n', at_hash: 'x', scope: undefined, sid: undefined }
  return [
    ...wrong,
    ['a client of 4,000 letters', { ...forge.claims, client_id: 'c'.repeat(4_000) }] as const,
    ['scope as a list', { ...forge.claims, scope: ['admin'] }] as const,
    ['amr as text', { ...forge.claims, amr: 'pwd' }] as const,
    ['amr of numbers', { ...forge.claims, amr: [1] }] as const,
    ['a claim that binds the token to another key', { ...forge.claims, cnf: { jkt: 'x' } }] as const,
  ]
    .map(([title, claims]) => ({ title, token: oursOf(forge, forge.header, claims) }))
    .concat([
      { title: 'an ID token', token: oursOf(forge, { ...forge.header, typ: 'JWT' }, idToken) },
      { title: 'an ID token under our header', token: oursOf(forge, forge.header, idToken) },
    ])
}

function bodies(forge: Forge): HostileToken[] {
  const raw = JSON.stringify(forge.claims)
  const wrong: readonly (readonly [string, unknown])[] = [
    ['a list', [forge.claims]],
    ['a text', JSON.stringify(raw)],
    ['null', 'null'],
    ['a number', '7'],
    ['not JSON', '{'],
    ['two objects', `${raw}${raw}`],
    ['a byte order mark', `\ufeff${raw}`],
    ['claims under __proto__', `{"__proto__":${raw}}`],
    ['a comment', `/**/${raw}`],
    ['depth', raw.replace(/}$/, `,"deep":${'['.repeat(500)}${']'.repeat(500)}}`)],
    [
      'a hundred keys',
      { ...forge.claims, ...Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at}`, 1])) },
    ],
  ]
  const latin = Buffer.from(raw.replace('shop', 'sh\u00f6p'), 'latin1')
  return [
    ...wrong.map(([what, claims]) => ({ title: `a body of ${what}`, token: oursOf(forge, forge.header, claims) })),
    { title: 'a body that is not UTF-8', token: oursOf(forge, forge.header, latin) },
  ]
}

function spellings({ good, header, claims }: Forge): HostileToken[] {
  const [head = '', body = '', signature = ''] = good.split('.')
  const bits = Buffer.from(signature, 'base64url')
  const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const sloppy = `${good.slice(0, -1)}${last[(last.indexOf(good.at(-1) ?? 'A') & ~15) | 1]}`
  const other = text64({ ...claims, sub: 'somebody else' })
  const texts: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['two dots', '..'],
    ['two parts', `${head}.${body}`],
    ['four parts', `${good}.`],
    ['five parts', `${head}..${body}.${signature}.AAAA`],
    ['no body', `${head}..${signature}`],
    ['no header', `.${body}.${signature}`],
    ['padding', `${good}=`],
    ['a space before', ` ${good}`],
    ['a newline after', `${good}\n`],
    ['a NUL after', `${good}\0`],
    ['a space inside', `${head}.${body} .${signature}`],
    ['the scheme before it', `Bearer ${good}`],
    ['another body', `${head}.${other}.${signature}`],
    ['header and body swapped', `${body}.${head}.${signature}`],
    ['loose bits at the end', sloppy],
    ['half a signature', `${head}.${body}.${signature.slice(0, 43)}`],
    ['a longer signature', `${good}AA`],
    ['a signature of zeros', `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`],
    ['the halves of the signature swapped', `${head}.${body}.${swapped(bits)}`],
    ['the mirrored signature of ECDSA', `${head}.${body}.${mirrored(bits)}`],
    ['the second half moved by the order of the group', `${head}.${body}.${moved(bits)}`],
    ['the JSON serialization', JSON.stringify({ protected: head, payload: body, signature })],
    ['5 KB', `${head}.${'A'.repeat(5_000)}.${signature}`],
    ['a megabyte', 'a'.repeat(1_000_000)],
    ['the header of an encrypted token', `${text64({ ...header, alg: 'dir', enc: 'A256GCM' })}.${body}.${signature}`],
  ]
  return texts.map(([what, token]) => ({ title: `a token with ${what}`, token }))
}

const swapped = (bits: Buffer): string => Buffer.concat([bits.subarray(32), bits.subarray(0, 32)]).toString('base64url')

const backwards = (bytes: Buffer): Buffer => Buffer.from(bytes.toReversed())

// (r, s) and (r, order - s) are both signatures of ECDSA, whoever holds the key.
function mirrored(bits: Buffer): string {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const s = (order * 2n - BigInt(`0x${bits.toString('hex', 32)}`)) % order
  return Buffer.concat([bits.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]).toString(
    'base64url',
  )
}

// S of Ed25519 must be below the order of the group (RFC 8032 §5.1.7), or a signature could be bent into another.
function moved(bits: Buffer): string {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const half = BigInt(`0x${backwards(bits.subarray(32)).toString('hex')}`) + order
  const bytes = Buffer.from((half % 2n ** 256n).toString(16).padStart(64, '0'), 'hex')
  return Buffer.concat([bits.subarray(0, 32), backwards(bytes)]).toString('base64url')
}

function mac(alg: 'HS256' | 'HS512', secret: Buffer, header: unknown, claims: unknown): string {
  const input = `${text64(header)}.${text64(claims)}`
  return `${input}.${createHmac(alg === 'HS256' ? 'sha256' : 'sha512', secret)
    .update(input)
    .digest('base64url')}`
}

function by(key: KeyObject, header: unknown, claims: unknown): string {
  const input = `${text64(header)}.${text64(claims)}`
  return `${input}.${signWith(null, Buffer.from(input), key).toString('base64url')}`
}

function text64(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString('base64url')
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

// Parts of a token that we signed ourselves a moment ago.
const parse = (part: string): Json => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json
