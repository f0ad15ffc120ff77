import assert from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { createKeyring, sameMac } from './seal.ts'

const secret = 'a secret that is long enough to be one'
const other = 'another secret, of another server, long too'
const ring = createKeyring(secret)

test('what was sealed is opened, for the same purpose and place only', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.boolean(), (text, aad, deterministic) => {
      const sealed = deterministic ? ring.sealDeterministic('cursor', text, aad) : ring.seal('cursor', text, aad)
      assert.match(sealed, /^v1\.[\w-]{8}\.[\w-]+$/)
      assert.equal(ring.open('cursor', sealed, aad), text)
      assert.equal(ring.open('cursor', sealed, `${aad}x`), undefined)
      assert.equal(ring.open('mail', sealed, aad), undefined)
      assert.equal(createKeyring(other).open('cursor', sealed, aad), undefined)
    }),
  )
})

test('a seal bent in any one character is not opened', () => {
  for (const sealed of [
    ring.seal('cursor', '{"id":7}', 'orders'),
    ring.sealDeterministic('cursor', '{"id":7}', 'orders'),
  ]) {
    for (let at = 0; at < sealed.length; at++) {
      for (const letter of ['A', 'B', '-', '.', '=', ' ', 'é']) {
        const bent = sealed.slice(0, at) + letter + sealed.slice(at + 1)
        assert.equal(
          ring.open('cursor', bent, 'orders'),
          bent === sealed ? '{"id":7}' : undefined,
          `${letter} at ${at}`,
        )
      }
      assert.equal(ring.open('cursor', sealed.slice(0, at), 'orders'), undefined)
    }
  }
})

test('texts that are no seal are refused, whatever they are', () => {
  const id = ring.derive('cursor').id
  const hostile = [
    '',
    '.',
    '..',
    'v1',
    'v1.',
    `v1.${id}`,
    `v1.${id}.`,
    `v1.${id}.AAAA`,
    `v2.${id}.${'A'.repeat(80)}`,
    `v1.${id}.${'A'.repeat(80)}`,
    `v1.${id}.${'A'.repeat(80)}.x`,
    `v1.${id}.${'!'.repeat(80)}`,
    '\0',
    '\ud800',
    '{"id":7}',
    `v1.${id}.${'A'.repeat(1e7)}`,
    '.'.repeat(1e6),
    `v1.${'A'.repeat(1e6)}.${'A'.repeat(80)}`,
  ]
  for (const text of hostile) assert.equal(ring.open('cursor', text, ''), undefined, text.slice(0, 40))
  const sealed = ring.seal('cursor', 'x', '')
  for (const suffix of ['=', '\n', ' ', '.']) assert.equal(ring.open('cursor', sealed + suffix, ''), undefined)
  // Negative control: the platform's decoder alone takes the text with its suffix for the same bytes.
  assert.deepEqual(Buffer.from('AAAA=\n', 'base64url'), Buffer.from('AAAA', 'base64url'))
})

test('equal texts give equal seals only where asked, and never under another aad', () => {
  assert.equal(ring.sealDeterministic('cursor', 'x', 'a'), ring.sealDeterministic('cursor', 'x', 'a'))
  assert.equal(ring.sealDeterministic('cursor', 'x', 'a'), createKeyring(secret).sealDeterministic('cursor', 'x', 'a'))
  assert.notEqual(ring.seal('cursor', 'x', 'a'), ring.seal('cursor', 'x', 'a'))
  const iv = (sealed: string): string =>
    Buffer.from(sealed.split('.')[2] ?? '', 'base64url')
      .subarray(0, 12)
      .toString('hex')
  const messages = [
    ['x', 'ab'],
    ['bx', 'a'],
    ['abx', ''],
    ['y', 'ab'],
    ['x', 'abc'],
  ] as const
  const ivs = messages.map(([text, aad]) => iv(ring.sealDeterministic('cursor', text, aad)))
  assert.equal(new Set(ivs).size, messages.length, 'another message, another IV')
  // Negative control: joined without the length, three of the five would share an IV.
  assert.equal(new Set(messages.map(([text, aad]) => aad + text)).size, 3)
})

test('an IV is random: ten thousand seals, ten thousand IVs', () => {
  const ivs = Array.from({ length: 10_000 }, () => ring.seal('p', '', '').split('.')[2]?.slice(0, 16))
  assert.equal(new Set(ivs).size, 10_000)
})

test('after a rotation the previous secret still opens and proves, and no longer seals', () => {
  const rotated = createKeyring(other, [secret])
  const old = ring.seal('cursor', 'x', 'a')
  assert.equal(rotated.open('cursor', old, 'a'), 'x')
  assert.ok(rotated.isMac('link', 'x', ring.mac('link', 'x')))
  assert.deepEqual(rotated.macs('link', 'x'), [rotated.mac('link', 'x'), ring.mac('link', 'x')])
  assert.equal(ring.open('cursor', rotated.seal('cursor', 'x', 'a'), 'a'), undefined)
  assert.notEqual(rotated.derive('cursor').id, ring.derive('cursor').id)
  // Negative control: without the previous secret the seal is not opened.
  assert.equal(createKeyring(other).open('cursor', old, 'a'), undefined)
})

test('a secret under 32 bytes is refused, current or previous', () => {
  assert.throws(() => createKeyring('x'.repeat(31)), RangeError)
  assert.throws(() => createKeyring(secret, ['']), RangeError)
  createKeyring('ä'.repeat(16))
})

test('keys differ by purpose and never contain the secret', () => {
  const [one, two] = [ring.derive('one'), ring.derive('two')]
  assert.equal(one.bytes.length, 32)
  assert.notDeepEqual(one.bytes, two.bytes)
  assert.deepEqual(one.bytes, createKeyring(secret).derive('one').bytes)
  // A key handed out is not the one that seals: whoever holds it cannot open seals of that purpose.
  const forged = createCipheriv('aes-256-gcm', one.bytes, Buffer.alloc(12))
  const body = Buffer.concat([Buffer.alloc(12), forged.update('x'), forged.final(), forged.getAuthTag()])
  assert.equal(ring.open('one', `v1.${one.id}.${body.toString('base64url')}`, ''), undefined)
})

test('a purpose made of callers’ values does not fill the memory, and stays the same key', () => {
  const first = ring.derive('purpose 0').bytes
  for (let n = 0; n < 1_000; n++) ring.derive(`purpose ${n}`)
  assert.deepEqual(ring.derive('purpose 0').bytes, first)
})

test('a message code proves the text and the purpose', () => {
  const mac = ring.mac('link', 'text')
  assert.ok(ring.isMac('link', 'text', mac))
  for (const [purpose, text, given] of [
    ['link', 'texx', mac],
    ['mail', 'text', mac],
    ['link', 'text', ''],
    ['link', 'text', `${mac}=`],
  ] as const) {
    assert.equal(ring.isMac(purpose, text, given), false)
  }
  assert.ok(sameMac('abc', 'abc'))
  assert.equal(sameMac('abc', 'abd') || sameMac('abc', 'ab') || sameMac('é', 'e'), false)
})

test('what was sealed with a partner is opened with the same one only, by the secrets of today and before', () => {
  const sealed = ring.sealWith('answers', 'a key of a caller', 'the answer', 'row 1')
  const turned = createKeyring(other, [secret])

  assert.equal(ring.openWith('answers', 'a key of a caller', sealed, 'row 1'), 'the answer')
  assert.equal(turned.openWith('answers', 'a key of a caller', sealed, 'row 1'), 'the answer')
  for (const [purpose, partner, aad] of [
    ['answers', 'a key of a callee', 'row 1'],
    ['answers', '', 'row 1'],
    ['answers', 'a key of a caller', 'row 2'],
    ['mail', 'a key of a caller', 'row 1'],
  ] as const) {
    assert.equal(ring.openWith(purpose, partner, sealed, aad), undefined)
  }
  assert.equal(ring.open('answers', sealed, 'row 1'), undefined)
  assert.equal(createKeyring(other).openWith('answers', 'a key of a caller', sealed, 'row 1'), undefined)
})
