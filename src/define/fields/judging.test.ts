// The judge of fields can say no.
import { throws } from 'node:assert/strict'
import { test } from 'node:test'
import type { Kind } from '../field.ts'
import { checkRefusal, samples } from './test_judging.ts'
import { text } from './text.ts'

test('the judge tells a sentence from a fragment', () => {
  const mute = text()
  const kind: Kind = { ...mute.kind, parse: (_, pointer, issues) => issues.add(pointer, 'wrong_type', 'bad') }

  throws(() => checkRefusal({ ...mute, kind }, ['a number', 5, 'wrong_type']), /is a sentence/)
})

test('the judge sees samples that are refused or equal', () => {
  const short = text({ max: 1 })

  throws(() => samples(short, 100), /samples differ/)
  throws(() => samples({ ...short, kind: { ...short.kind, sample: () => 'ab' } }, 1), /sample 0/)
})
