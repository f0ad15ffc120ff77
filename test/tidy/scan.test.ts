// The scanner tells code from comments and literals, and keeps every place where it was.
import { deepEqual, equal } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { property, assert, string } from 'fast-check'
import { scan } from './scan.ts'

describe('the scanner', () => {
  for (const [title, text, code] of [
    ['a comment', 'a // b', 'a     '],
    ['a block', 'a /* b\n */ c', 'a     \n    c'],
    ['a string', `a 'b // c' d`, `a '      ' d`],
    ['an escaped quote', String.raw`a 'b\'c' d`, `a '    ' d`],
    ['a template with code in it', 'a `b ${c({ d: `e` })} f` g', 'a `  ${c({ d: ` ` })}  ` g'],
    ['a regular expression with a quote', `a = /'[/"]/ + b`, `a = /     / + b`],
    ['a division', 'a / b / c', 'a / b / c'],
  ] as const) {
    test(`reads ${title}`, () => {
      deepEqual(scan(text).code, code)
    })
  }

  test('keeps comments apart', () => {
    equal(scan('a // b').comments, '  // b')
  })

  test('never moves a line, whatever the text', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        const { code, comments } = scan(text)
        equal(code.length, text.length)
        equal(comments.length, text.length)
        equal(code.split('\n').length, text.split('\n').length)
      }),
    )
  })
})
