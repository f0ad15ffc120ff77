// Recovery codes are read as people type them, cost one hash a try, and are not to be had from the table.
import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { systemRandom } from '../../../base/random.ts'
import type { Bulkhead } from '../password/bulkhead.ts'
import { cheap, openBulkhead } from '../password/test_passwords.ts'
import { createRecoveryCodes, indexOfCode } from './recovery_codes.ts'

const means = { preset: cheap, bulkhead: openBulkhead(), random: systemRandom }

describe('recovery codes', async () => {
  const { codes, hashes } = await createRecoveryCodes(means)

  test('are ten, of 80 bits each, all different', () => {
    equal(codes.length, 10)
    for (const code of codes) match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/)
    equal(new Set(codes).size, 10)
    equal(new Set(hashes).size, 10)
  })

  test('each is found at its place, and no other code is', async () => {
    for (const [at, code] of codes.entries()) equal(await indexOfCode(hashes, code, means), at)
    const { codes: others } = await createRecoveryCodes(means)
    equal(await indexOfCode(hashes, others[0], means), undefined)
  })

  test('all 80 bits count', async () => {
    const code = codes[0] ?? ''
    for (const at of [0, 5, 18]) {
      const bent = code.slice(0, at) + (code[at] === '7' ? '8' : '7') + code.slice(at + 1)
      equal(await indexOfCode(hashes, bent, means), undefined)
    }
  })

  test('they are read in small letters, without dashes, with spaces, and with O for 0 and l for 1', async () => {
    const code = Buffer.from('0000000000ffffffffff', 'hex')
    const random = { ...systemRandom, bytes: (count: number) => (count === 10 ? code : Buffer.alloc(count, 7)) }
    const set = await createRecoveryCodes({ ...means, random })

    equal(set.codes[0], '0000-0000-ZZZZ-ZZZZ')
    for (const typed of ['0000 0000 zzzz zzzz', 'oOoO0000ZZZZZZZZ', ' 0000-0000-zzzz-zzzz ', '00000000zzzz-ZZZZ'])
      equal(await indexOfCode(set.hashes, typed, means), 0, typed)
    equal(await indexOfCode(set.hashes, '1000-0000-ZZZZ-ZZZZ', means), undefined)
  })

  test('a try costs one hash, and what is no code costs none', async () => {
    const calls: string[] = []
    const counted: Bulkhead = { ...openBulkhead(), run: (work) => (calls.push('derived'), work()) }
    await indexOfCode(hashes, codes[9], { bulkhead: counted })
    equal(calls.length, 1)
    const code = codes[0] ?? ''
    const texts = ['', code.slice(1), `${code}0`, 'U'.repeat(16), 'A'.repeat(1_000_000), hashes[0]]
    const hostile: readonly unknown[] = [null, undefined, 0, {}, [], [code], { $ne: null }, ...texts]
    for (const typed of hostile) equal(await indexOfCode(hashes, typed, { bulkhead: counted }), undefined)
    equal(calls.length, 1)
  })

  test('without codes nothing is one', async () => {
    equal(await indexOfCode([], codes[0], means), undefined)
  })

  test('a set has a salt of its own, and no code stands in the table', async () => {
    const other = await createRecoveryCodes(means)
    const salts = [hashes, other.hashes].map((set) => new Set(set.map((hash) => hash.split('$')[4])))
    deepEqual(
      salts.map(({ size }) => size),
      [1, 1],
    )
    equal(salts[0]?.isDisjointFrom(salts[1] ?? new Set()), true)
    for (const hash of hashes)
      for (const code of codes) equal(hash.includes(code) || hash.includes(code.replaceAll('-', '')), false)
  })

  test('hashes of two sets are never mixed in silence', async () => {
    const other = await createRecoveryCodes(means)

    await rejects(indexOfCode([...hashes.slice(0, 5), ...other.hashes], codes[0], means), /one set/)
    await rejects(indexOfCode([hashes[0] ?? '', 'no hash'], codes[0], means), /one set/)
  })
})
