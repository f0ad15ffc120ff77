// Tests of slugs: lower-case letters, digits and single hyphens, 1 to 80 of them.
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { mebibyte, notText, refuses, samples, survives, takes } from './test_judging.ts'
import { slug } from './slug.ts'

describe('slug', () => {
  test('what cannot stand in a URL as it is is refused', () => {
    refuses(slug(), [
      ...notText,
      ['an empty text', '', 'too_short'],
      ['81 characters', 'a'.repeat(81), 'too_long'],
      ['a mebibyte', mebibyte, 'too_long'],
      ['NUL', 'a\0', 'bad_characters'],
      ['half a pair', 'a\uD800', 'bad_characters'],
      ['a capital', 'Ab', 'bad_format'],
      ['two hyphens', 'a--b', 'bad_format'],
      ['a hyphen first', '-a', 'bad_format'],
      ['a hyphen last', 'a-', 'bad_format'],
      ['an underscore', 'a_b', 'bad_format'],
      ['a slash', 'a/b', 'bad_format'],
      ['two dots', '..', 'bad_format'],
      ['a letter outside ASCII', 'ä', 'bad_format'],
      ['a line break at the end', 'a\n', 'bad_format'],
    ])
  })

  test('both bounds are within them', () => {
    for (const one of ['a', '0', 'a-1-b', 'a'.repeat(80)]) takes(slug(), one, one)
  })

  test('any slug comes back as it was sent', () => {
    survives(slug(), fc.stringMatching(/^[a-z0-9]{1,20}(?:-[a-z0-9]{1,19}){0,3}$/))
  })

  test('samples are slugs that differ', () => samples(slug(), 200))
})
