// Tests of lists of names: each once, in order, and none that a space could split.
import { deepEqual, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { refuses, samples, somewhere, survives, takes } from './test_judging.ts'
import { names } from './names.ts'

const each = '^[a-z][a-z0-9-]*$'

describe('names', () => {
  test('lists of names are taken, sorted and each once', () => {
    takes(names({ each }), [], [])
    takes(names({ each }), ['b-2', 'a', 'a'], ['a', 'b-2'])
    deepEqual(names({ each }).kind.toStored(['b', 'a', 'b'], somewhere), 'a b')
    deepEqual(names({ each }).kind.toWire?.('a b'), ['a', 'b'])
    deepEqual(names({ each }).kind.toWire?.(''), [])
  })

  test('what is no list of names is refused where it stands', () => {
    refuses(names({ each, least: 1, most: 3 }), [
      ['a text', 'a b', 'wrong_type'],
      ['an object', { 0: 'a' }, 'wrong_type'],
      ['nothing', [], 'too_few'],
      ['too many', ['a', 'b', 'c', 'd'], 'too_many'],
      ['a number in it', ['a', 1], 'wrong_type', '/it/1'],
      ['another form', ['a', 'B'], 'bad_format', '/it/1'],
      ['an empty name', [''], 'bad_format', '/it/0'],
      ['a long name', ['a'.repeat(81)], 'bad_format', '/it/0'],
    ])
    refuses(names({ each: '^[ a]*$' }), [['a space', ['a a'], 'bad_format', '/it/0']])
  })

  test('samples and values survive the way to a column and back', () => {
    samples(names({ each }), 3)
    const lists = fc.array(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), { maxLength: 50 })
    survives(names({ each }), lists, (list) => [...new Set(list)].toSorted())
  })

  test('server code that writes anything else is a fault', () => {
    throws(() => names({ each }).kind.toStored('a b', somewhere), /must write a list/)
    throws(() => names({ each }).kind.toStored(['A'], somewhere), /does not match/)
  })
})
