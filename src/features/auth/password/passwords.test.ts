// Passwords are hashed whole, verified at one cost, and hashed anew when hashes have changed.
import { deepEqual, equal, match, notEqual, ok, rejects, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Broken } from '../../../base/assert.ts'
import type { Bulkhead } from './bulkhead.ts'
import { parsePhc } from './phc.ts'
import { createPasswords, pepperOf } from './passwords.ts'
import { presets, schemes } from './schemes.ts'
import { cheap, openBulkhead, passwords } from './test_passwords.ts'

const yes = { matches: true, needsRehash: false }
const no = { matches: false, needsRehash: false }
const right = 'correct horse battery staple'

describe('hashing passwords', () => {
  test('the right one matches, a wrong one does not, and no two hashes are alike', async () => {
    const { hash, verify } = passwords()
    const [one, other] = [await hash(right), await hash(right)]

    match(one, /^\$argon2id\$v=19\$m=64,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    notEqual(one, other)
    deepEqual(await verify(one, right), yes)
    deepEqual(await verify(other, right), yes)
    deepEqual(await verify(one, `${right} `), no)
    deepEqual(await verify(one, ''), no)
  })

  test('the presets cost what OWASP asks for at least', () => {
    deepEqual(presets.standard, { scheme: 'argon2id', costs: { m: 19_456, t: 2, p: 1 } })
    ok(presets.strong.costs.m >= 47_104)
    ok(presets.scrypt.costs.ln >= 17)
    ok(presets.fips.costs.i >= 600_000)
  })

  for (const [title, stored, password] of [
    [
      'the reference program of argon2',
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
      'password',
    ],
    [
      'RFC 7914 (scrypt)',
      '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$' +
        'cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw',
      'pleaseletmein',
    ],
    [
      'RFC 7677 (PBKDF2 of SCRAM)',
      '$pbkdf2-sha256$i=4096$W22ZaJ0SNY7soEsUEjb6gQ$xKSVEDI6tPlSysH6mUQZOeeOp01r6B3fcJbodRPcYV0',
      'pencil',
    ],
  ] as const)
    test(`a hash of ${title} is verified, and is due for another`, async () => {
      deepEqual(await passwords().verify(stored, password), { matches: true, needsRehash: true })
      deepEqual(await passwords().verify(stored, `${password}x`), no)
    })

  test('the whole password counts: what lies beyond 72 bytes, and the last of 1,024 characters', async () => {
    const { hash, verify } = passwords()
    const prefix = 'a'.repeat(72)
    const long = 'ж'.repeat(1_024)

    deepEqual(await verify(await hash(`${prefix}1`), `${prefix}2`), no)
    deepEqual(await verify(await hash(`${prefix}1`), `${prefix}1`), yes)
    deepEqual(await verify(await hash(long), `${long.slice(0, -1)}з`), no)
    deepEqual(await verify(await hash(long), long), yes)
    deepEqual(await verify(await hash('nul\0and what follows it'), 'nul\0and what follows'), no)
  })

  test('a scheme that cuts at 72 bytes would be noticed', async () => {
    const { hash, verify } = passwords()
    const cut = (text: string): string => text.slice(0, 72)

    deepEqual(await verify(await hash(cut(`${'a'.repeat(72)}1`)), cut(`${'a'.repeat(72)}2`)), yes)
  })

  test('one password typed on two keyboards is one, and spaces and capitals count', async () => {
    const { hash, verify } = passwords()
    const stored = await hash('Zürich im Frühling')

    deepEqual(await verify(stored, 'Zu\u0308rich im Fru\u0308hling'), yes)
    deepEqual(await verify(stored, 'zürich im frühling'), no)
    deepEqual(await verify(stored, ' Zürich im Frühling'), no)
    deepEqual(await verify(await hash('ﬁne'), 'fine'), no)
  })

  for (const nothing of [null, undefined, 0, true, {}, [], [right], { $ne: '' }, { toString: () => right }])
    test(`${JSON.stringify(nothing) ?? 'nothing'} is no password, and is no error`, async () => {
      const { hash, verify } = passwords()

      deepEqual(await verify(await hash(right), nothing), no)
    })

  test('broken text is no password: two such would be one once they are bytes', async () => {
    const { hash, verify } = passwords()

    await rejects(hash('half a pair \ud800'), RangeError)
    deepEqual(await verify(await hash('half a pair \ufffd'), 'half a pair \ud800'), no)
  })
})

describe('an account that is not there', () => {
  test('costs one derivation of the same kind, as one that is there', async () => {
    const calls: string[] = []
    const counted: Bulkhead = { ...openBulkhead(), run: (work) => (calls.push('derived'), work()) }
    const { hash, verify } = passwords({ bulkhead: counted })
    const stored = await hash(right)
    for (const account of [stored, null, undefined]) {
      calls.length = 0
      equal((await verify(account, right)).matches, account === stored)
      deepEqual(calls, ['derived'])
    }
  })

  test('takes the same time, and a quick way out would be noticed', async () => {
    const { hash, verify } = passwords({ preset: { scheme: 'argon2id', costs: { m: 4_096, t: 1, p: 1 } } })
    const stored = await hash(right)
    const [there, missing, quick]: [number[], number[], number[]] = [[], [], []]
    for (let round = 0; round < 15; round++) {
      there.push(await timeOf(() => verify(stored, 'wrong and long')))
      missing.push(await timeOf(() => verify(null, 'wrong and long')))
      quick.push(await timeOf(() => Promise.resolve(no)))
    }
    // The least of fifteen: what the machine does beside this only adds.
    ok(Math.min(...missing) > Math.min(...there) / 2)
    ok(Math.min(...quick) < Math.min(...there) / 2)
  })

  test('is matched by nothing, not even by the tag of its dummy', async () => {
    const zeros = { bytes: (count: number) => new Uint8Array(count), fraction: () => 0 }
    const scheme = schemes.get('argon2id')
    const real = scheme?.derive
    ok(real)
    const { costs } = cheap
    const salt = Buffer.alloc(16)
    const tag = await real({ password: Buffer.from(right), salt, costs, tagBytes: 32, pepper: undefined })
    const rigged = { ...zeros, bytes: (count: number) => (count === 32 ? new Uint8Array(tag) : new Uint8Array(count)) }

    deepEqual(await passwords({ random: rigged }).verify(null, right), no)
  })
})

describe('a megabyte of password', () => {
  const huge = 'a'.repeat(1_000_000)

  test('is refused without hashing, in less than ten milliseconds, for any account', async () => {
    const never: Bulkhead = { ...openBulkhead(), run: () => Promise.reject(new Error('it was hashed')) }
    const { hash, verify } = createPasswords({
      preset: presets.standard,
      peppers: [],
      bulkhead: never,
      random: { bytes: (count) => new Uint8Array(count), fraction: () => 0 },
    })
    for (const text of [huge, 'ж'.repeat(1_000_000), '\u0308'.repeat(1_000_000), 'a'.repeat(1_025)])
      for (const stored of [
        null,
        '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
      ]) {
        const judge = () => timeOf(async () => deepEqual(await verify(stored, text), no))
        // The least of three: what else the machine does is not the judging's doing.
        const took = Math.min(await judge(), await judge(), await judge())
        ok(took < 10, `${took} ms`)
      }
    await rejects(hash(huge), /cannot be set/)
  })
})

describe('hashing anew', () => {
  test('a hash of other costs, salt, tag, scheme or pepper is due; one of today is not', async () => {
    const today = passwords()
    const others = await Promise.all([
      passwords({ preset: { scheme: 'argon2id', costs: { m: 128, t: 1, p: 1 } } }).hash(right),
      passwords({ preset: { scheme: 'argon2id', costs: { m: 64, t: 2, p: 1 } } }).hash(right),
      passwords({ preset: { scheme: 'scrypt', costs: { ln: 10, r: 1, p: 1 } } }).hash(right),
      passwords({ preset: { scheme: 'pbkdf2-sha256', costs: { i: 1_000 } } }).hash(right),
    ])
    for (const stored of others) {
      equal(today.needsRehash(stored), true, stored)
      deepEqual(await today.verify(stored, right), { matches: true, needsRehash: true })
      deepEqual(await today.verify(stored, 'wrong'), no)
    }
    equal(today.needsRehash(await today.hash(right)), false)
    equal(
      today.needsRehash('$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'),
      true,
    )
  })

  test('a pepper can be brought in, turned, and taken out', async () => {
    const [old, young] = ['an old pepper of thirty-two bytes!', 'a new pepper of thirty-two bytes!!'].map(pepperOf)
    ok(old && young)
    const plain = await passwords().hash(right)
    const first = passwords({ peppers: [old] })
    const second = passwords({ peppers: [young, old] })
    const underOld = await first.hash(right)
    const underNew = await second.hash(right)

    match(underOld, new RegExp(`,p=1,keyid=${old.id}\\$`))
    deepEqual(await first.verify(plain, right), { matches: true, needsRehash: true })
    deepEqual(await first.verify(underOld, right), yes)
    deepEqual(await second.verify(underOld, right), { matches: true, needsRehash: true })
    deepEqual(await second.verify(underNew, right), yes)
    deepEqual(await passwords({ peppers: [old] }).verify(underOld, 'wrong'), no)
    await rejects(passwords().verify(underOld, right), /pepper/)
  })

  test('without the pepper a stolen hash matches nothing', async () => {
    const stored = await passwords({ peppers: [pepperOf('an old pepper of thirty-two bytes!')] }).hash(right)
    const { keyId } = parsePhc(stored) ?? {}
    const guessed = { id: keyId ?? '', bytes: new Uint8Array(32) }

    deepEqual(await passwords({ peppers: [guessed] }).verify(stored, right), no)
    deepEqual(await passwords().verify(stored.replace(`,keyid=${keyId}`, ''), right), no)
  })

  test('the other schemes take a pepper too', async () => {
    const pepper = pepperOf('an old pepper of thirty-two bytes!')
    for (const preset of [
      { scheme: 'scrypt', costs: { ln: 10, r: 1, p: 1 } },
      { scheme: 'pbkdf2-sha256', costs: { i: 1_000 } },
    ]) {
      const { hash, verify } = passwords({ preset, peppers: [pepper] })
      const stored = await hash(right)
      deepEqual(await verify(stored, right), yes)
      deepEqual(await passwords({ preset }).verify(stored.replace(/,keyid=[^$]+/, ''), right), no)
    }
  })

  test('a short pepper is refused', () => {
    throws(() => pepperOf('short'), /at least 32 bytes/)
  })
})

describe('a stored text that is no hash of ours', () => {
  for (const stored of [
    '',
    'plain text',
    '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW',
    '$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=64,t=4000000000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=0,t=0,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=64,t=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$scrypt$ln=40,r=8,p=1$U29kaXVtQ2hsb3JpZGU$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ])
    test(`${JSON.stringify(stored.slice(0, 40))} lets nobody in and is our fault`, async () => {
      await rejects(passwords().verify(stored, right), Broken)
    })
})

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
