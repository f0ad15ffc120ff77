// Tests of e-mail addresses: what RFC 5321 lets travel, and nothing that a mail header could be broken with.
import { equal } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { email } from './email.ts'
import { mebibyte, notText, refuses, samples, survives, takes } from './test_judging.ts'

const domainOf = (length: number): string =>
  `${'d'.repeat(63)}.`
    .repeat(4)
    .slice(0, length - 4)
    .replace(/\.$/, 'd') + '.org'

describe('email', () => {
  test('what is no address is refused', () => {
    refuses(email(), [
      ...notText,
      ['a mebibyte', mebibyte, 'too_long'],
      ['255 characters', `a@${domainOf(253)}`, 'too_long'],
      ['a local part of 65', `${'a'.repeat(65)}@example.com`, 'bad_format'],
      ['an empty text', '', 'too_short'],
      ['NUL', 'a\0@example.com', 'bad_characters'],
      ['half a pair', 'a@example.com\uD800', 'bad_characters'],
      ...[
        ['no @', 'example.com'],
        ['two @', 'a@b@example.com'],
        ['no local part', '@example.com'],
        ['no domain', 'name@'],
        ['one label', 'name@localhost'],
        ['a display name', 'Name <name@example.com>'],
        ['a header after a line break', 'name@example.com\r\nBcc: x@example.com'],
        ['a line break at the end', 'name@example.com\n'],
        ['a space', 'na me@example.com'],
        ['a comma', 'a@example.com,b@example.com'],
        ['a quoted local part', '"a b"@example.com'],
        ['two dots', 'a..b@example.com'],
        ['a dot first', '.a@example.com'],
        ['a dot last', 'a.@example.com'],
        ['a label that ends with -', 'a@exam-.com'],
        ['a label that begins with -', 'a@-exam.com'],
        ['an empty label', 'a@example..com'],
        ['a dot at the end', 'a@example.com.'],
        ['a label of 64', `a@${'d'.repeat(64)}.com`],
        ['an IPv4 address', 'a@127.0.0.1'],
        ['an address literal', 'a@[127.0.0.1]'],
        ['a domain of other letters', 'a@exämple.com'],
      ].map(([what, wire]) => [what ?? '', wire, 'bad_format'] as const),
    ])
  })

  test('addresses in use are taken as sent', () => {
    const long = `a@${domainOf(252)}`

    equal(long.length, 254)
    for (const one of [
      'a@b.co',
      `${'a'.repeat(64)}@example.com`,
      "o'neil+tag@sub.example.museum",
      'A.B@EXAMPLE.com',
      long,
    ]) {
      takes(email(), one, one)
    }
    takes(email(), 'a@xn--exmple-cua.com', 'a@xn--exmple-cua.com')
  })

  test('any address comes back as it was sent', () => {
    survives(email(), fc.emailAddress())
  })

  test('samples are addresses that differ', () => samples(email(), 200))

  test('addresses are compared without case', () => equal(email().kind.folded, true))
})
