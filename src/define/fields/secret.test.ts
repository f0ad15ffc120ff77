// Tests of secrets: sealed in the column, opened on purpose only, shown nowhere.
import { deepEqual, doesNotMatch, equal, match, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import type { Place } from '../field.ts'
import { mebibyte, notText, refuses, samples, somewhere, takes } from './test_judging.ts'
import { type Sealed, secret } from './secret.ts'

const plain = 'correct horse battery'
// The kind answers `unknown`; of a secret it is always a Sealed.
const sealedAt = (place: Place): Sealed => secret().kind.toValue(secret().kind.toStored(plain, place), place) as Sealed

describe('secret', () => {
  test('what is no text in bounds is refused', () => {
    refuses(secret({ max: 5 }), [
      ...notText,
      ['an empty text', '', 'too_short'],
      ['one character too many', 'abcdef', 'too_long'],
      ['a mebibyte', mebibyte, 'too_long'],
      ['NUL', 'a\0', 'bad_characters'],
      ['half a pair', 'a\uDC00', 'bad_characters'],
    ])
    takes(secret({ max: 5 }), 'abcde', 'abcde')
  })

  test('the column holds what was sealed for its table, column and row', () => {
    equal(secret().kind.toStored(plain, somewhere), `field|rows.it.1|${plain}`)
    equal(sealedAt(somewhere).reveal(), plain)
  })

  test('nothing but reveal shows the text', () => {
    const sealed = sealedAt(somewhere)

    for (const shown of [
      JSON.stringify({ sealed }),
      ['', sealed].join(''),
      inspect(sealed),
      inspect({ deep: [sealed] }),
      String(sealed),
    ]) {
      match(shown, /\[sealed\]/)
      doesNotMatch(shown, /horse/)
    }
    doesNotMatch(JSON.stringify(Object.values({ ...sealed })) ?? '', /horse/)
    match(JSON.stringify({ open: sealed.reveal() }), /horse/, 'the check finds a text that is shown')
  })

  test('a secret is opened when it is asked for, not when its row is read', () => {
    const opened: string[] = []
    const place: Place = { ...somewhere, open: (_, __, about) => (opened.push(about), plain) }

    const sealed = sealedAt(place)
    deepEqual(opened, [])
    sealed.reveal()

    deepEqual(opened, ['rows.it.1'])
  })

  test('a secret that was read is sealed anew for the place it is written to', () => {
    const elsewhere = { ...somewhere, row: '2' }

    equal(secret().kind.toStored(sealedAt(somewhere), elsewhere), `field|rows.it.2|${plain}`)
  })

  test('a secret is private and cannot be searched, sorted, unique or a default', () => {
    const field = secret()

    equal(field.options.private, true)
    deepEqual(field.kind.operators, [])
    equal(field.kind.sortable, false)
    equal(field.kind.toWire?.('anything'), '[sealed]')
    // @ts-expect-error Equal secrets are sealed differently, so nothing can compare them.
    throws(() => secret({ unique: true }), /cannot be unique/)
    // @ts-expect-error A secret is never shown.
    throws(() => secret({ private: false }), /always private/)
    // @ts-expect-error A default stands in the schema.
    throws(() => secret({ default: 'x' }), /a default would stand in the schema/)
  })

  test('server code writes a text or nothing', () => {
    for (const odd of [5, null, 'a\0', { reveal: 1 }]) throws(() => secret().kind.toStored(odd, somewhere), TypeError)
  })

  test('samples are texts that differ', () => samples(secret(), 100))
})
