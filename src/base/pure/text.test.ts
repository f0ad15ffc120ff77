import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { codePoints, fold, isStorable, wordsOf } from './text.ts'

test('texts that differ in case or in spelling fold to one', () => {
  const equal: [string, string][] = [
    ['ÄI', 'äi'],
    ['A\u0308', 'ä'],
    ['ﬁle', 'FILE'],
    ['Ａ１', 'a1'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['\u212b', 'å'],
    ['USER@EXAMPLE.COM', 'user@example.com'],
  ]
  for (const [one, other] of equal) assert.equal(fold(one), fold(other), one)
  assert.notEqual(fold('a'), fold('ä'))
  // Negative control: lower case alone does not make them equal.
  assert.ok(equal.filter(([one, other]) => one.toLowerCase() !== other.toLowerCase()).length >= 4)
})

test('folding twice changes nothing, for every code point', () => {
  for (let point = 0; point < 0x2_0000; point++) {
    const once = fold(String.fromCodePoint(point))
    if (fold(once) !== once) assert.fail(`U+${point.toString(16)}`)
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => fold(fold(text)) === fold(text)))
})

test('a prefix of a word stays a prefix when folded, also in Greek', () => {
  assert.ok(fold('ΟΔΟΣΗΜΑ').startsWith(fold('ΟΔΟΣ')))
  // Negative control: the final sigma of plain lower case is another letter.
  assert.equal('ΟΔΟΣΗΜΑ'.toLowerCase().startsWith('ΟΔΟΣ'.toLowerCase()), false)
})

test('words are folded, single, bounded, and without punctuation', () => {
  assert.deepEqual(wordsOf('Chai, CHAI & Größe; x-1'), ['chai', 'größe', 'x', '1'])
  assert.deepEqual(wordsOf(' \t… !?'), [])
  assert.deepEqual(wordsOf('a'.repeat(1_000)), ['a'.repeat(64)])
  const astral = wordsOf(`${'a'.repeat(63)}${'𐐨'.repeat(10)}`)
  assert.ok(astral.every((word) => word.isWellFormed() && word.length <= 64))
  assert.ok(wordsOf('東京都').length > 0)
})

test('a text with NUL or a lone surrogate cannot be stored', () => {
  for (const text of ['', 'a', '😀', '\u0001', '\ufffd']) assert.ok(isStorable(text), JSON.stringify(text))
  for (const text of ['\0', 'a\0b', '\ud800', '\udc00', 'a\udc00\ud800'])
    assert.equal(isStorable(text), false, JSON.stringify(text))
  // Negative control: UTF-8 would change the second silently.
  assert.notEqual(Buffer.from('\ud800').toString(), '\ud800')
})

test('length is counted in code points', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => codePoints(text) === Array.from(text).length))
  for (const text of ['\ud800', '\udc00\ud800', '\ud800\ud800\udc00'])
    assert.equal(codePoints(text), Array.from(text).length)
  assert.equal(codePoints('😀😀'), 2)
  // Negative control: UTF-16 units are another number.
  assert.equal('😀😀'.length, 4)
})
