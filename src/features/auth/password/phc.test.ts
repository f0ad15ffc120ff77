// Stored hashes have one spelling, and anything else is none.
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatPhc, parsePhc } from './phc.ts'

const good = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'

test('a hash of another program is read, and written again the same', () => {
  const hash = parsePhc(good)

  deepEqual(hash && { ...hash, salt: hash.salt.toString(), tag: hash.tag.length }, {
    scheme: 'argon2id',
    version: 19,
    costs: { m: 19_456, t: 2, p: 1 },
    keyId: undefined,
    salt: 'somesalt',
    tag: 32,
  })
  equal(hash && formatPhc(hash), good)
})

test('whatever is written is read as it was', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 48 }),
      fc.uint8Array({ minLength: 16, maxLength: 64 }),
      fc.nat(),
      fc.option(fc.stringMatching(/^[\w-]{1,12}$/), { nil: undefined }),
      (salt, tag, m, keyId) => {
        const hash = { scheme: 'argon2id', version: 19, costs: { m, t: 2, p: 1 }, keyId, salt, tag }
        const read = parsePhc(formatPhc({ ...hash, salt: Buffer.from(salt), tag: Buffer.from(tag) }))

        deepEqual(read && { ...read, salt: new Uint8Array(read.salt), tag: new Uint8Array(read.tag) }, hash)
      },
    ),
  )
})

for (const bad of [
  '',
  '$',
  good.slice(1),
  `${good}=`,
  `${good}$`,
  ` ${good}`,
  `${good}\n`,
  good.replace('m=19456', 'm=019456'),
  good.replace('m=19456', 'm=+19456'),
  good.replace('m=19456', 'm=1e9'),
  good.replace('m=19456', 'm='),
  good.replace('m=19456', 'm=19456,m=8'),
  good.replace('v=19', 'v=019'),
  good.replace('c29t', 'c-_t'),
  good.replace('c29tZXNhbHQ', 'c29tZXNhbHR'),
  good.replace('argon2id', 'ARGON2ID'),
  '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW',
  '5f4dcc3b5aa765d61d8327deb882cf99',
])
  test(`${JSON.stringify(bad)} is no hash`, () => {
    equal(parsePhc(bad), undefined)
  })
