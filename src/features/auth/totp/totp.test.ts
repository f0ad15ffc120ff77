// One-time codes are those of the standard, live for three steps, and work once.
import { equal, match, notEqual, ok } from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Secret } from 'otpauth'
import { seededRandom, systemRandom } from '../../../base/random.ts'
import { createTotpSecret, stepOfCode, totpAddress } from './totp.ts'

const step = 30_000
const secret = createTotpSecret(seededRandom(5))

/** RFC 4226 §5.3 by hand, to judge the library by. */
function codeAt(secret: string, at: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(at))
  const mac = createHmac('sha1', Buffer.from(Secret.fromBase32(secret).bytes))
    .update(counter)
    .digest()
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

describe('a code', () => {
  const rfc = new Secret({ buffer: new Uint8Array(Buffer.from('12345678901234567890')).buffer }).base32
  for (const [seconds, code] of [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ] as const)
    test(`of RFC 6238 at ${seconds} s`, () => {
      equal(stepOfCode(rfc, code, { nowMs: seconds * 1000, lastStep: null }), Math.floor(seconds / 30))
    })

  test('is taken in its step and one to either side, whatever the secret and the time', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 3, max: 2 ** 31 }),
        fc.integer({ min: 0, max: step - 1 }),
        (seed, at, ms) => {
          const secret = createTotpSecret(seededRandom(seed))
          const nowMs = at * step + ms
          for (const delta of [-1, 0, 1])
            ok((stepOfCode(secret, codeAt(secret, at + delta), { nowMs, lastStep: null }) ?? 0) >= at - 1)
          equal(stepOfCode(secret, codeAt(secret, at), { nowMs, lastStep: null }), at)
        },
      ),
    )
  })

  test('is refused two steps away, and one digit off', () => {
    const nowMs = 1_000_000 * step
    for (const delta of [-3, -2, 2, 3, 1_000])
      equal(stepOfCode(secret, codeAt(secret, 1_000_000 + delta), { nowMs, lastStep: null }), undefined)
    const code = codeAt(secret, 1_000_000)
    for (let at = 0; at < 6; at++) {
      const bent = code.slice(0, at) + ((Number(code[at]) + 1) % 10) + code.slice(at + 1)
      equal(stepOfCode(secret, bent, { nowMs, lastStep: null }), undefined)
    }
  })

  test('works once: not again in its step, nor an older one after a newer', () => {
    const at = 2_000_000
    const try_ = (code: string, lastStep: number | null) => stepOfCode(secret, code, { nowMs: at * step, lastStep })

    const taken = try_(codeAt(secret, at), null)
    equal(taken, at)
    equal(try_(codeAt(secret, at), at), undefined)
    equal(try_(codeAt(secret, at - 1), at), undefined)
    equal(try_(codeAt(secret, at + 1), at), at + 1)
    equal(try_(codeAt(secret, at), at + 1), undefined)
    // Without the memory each of them would be taken: it is the memory that refuses.
    for (const old of [at - 1, at, at + 1]) equal(try_(codeAt(secret, old), null), old)
  })

  test('may be typed with a space in the middle', () => {
    const code = codeAt(secret, 3_000_000)

    equal(
      stepOfCode(secret, `${code.slice(0, 3)} ${code.slice(3)}`, { nowMs: 3_000_000 * step, lastStep: null }),
      3_000_000,
    )
  })

  test('is six digits, and nothing else is a code', () => {
    const nowMs = 3_000_000 * step
    const code = codeAt(secret, 3_000_000)
    const numbers = ['000000000000', `${code}0`, code.slice(1), `-${code.slice(1)}`, `0x${code}`, '1e5000', 'NaN']
    const texts = ['', ' ', `${code}\n`, '１２３４５６', '9'.repeat(1_000_000), ...numbers]
    const things: readonly unknown[] = [
      null,
      undefined,
      true,
      {},
      [],
      [code],
      { $ne: null },
      { toString: () => code },
      Number(code),
    ]
    for (const typed of [...things, ...texts])
      equal(stepOfCode(secret, typed, { nowMs, lastStep: null }), undefined, JSON.stringify(typed)?.slice(0, 20))
  })
})

describe('a secret', () => {
  test('has 160 bits and is another each time', () => {
    match(createTotpSecret(systemRandom), /^[A-Z2-7]{32}$/)
    notEqual(createTotpSecret(systemRandom), createTotpSecret(systemRandom))
  })

  test('is put before an app as an address, in which names stay names', () => {
    const address = new URL(totpAddress(secret, { issuer: 'Shop & Söhne?secret=X', account: 'a+b@example.com/../x' }))

    equal(address.protocol, 'otpauth:')
    equal(address.host, 'totp')
    equal(address.searchParams.get('secret'), secret)
    equal(address.searchParams.getAll('secret').length, 1)
    equal(address.searchParams.get('issuer'), 'Shop & Söhne?secret=X')
    equal(address.searchParams.get('digits'), '6')
    equal(address.searchParams.get('period'), '30')
    equal(decodeURIComponent(address.pathname), '/Shop & Söhne?secret=X:a+b@example.com/../x')
  })
})
