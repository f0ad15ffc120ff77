// The controls believe nothing either: a fault that changes nothing, one that breaks the source, one that is not there.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withEdits } from './fault.ts'
import { notRed, type Seeded } from './seeded.ts'

const asked: Omit<Seeded, 'edits'> = {
  file: 'src/features/auth/recent.ts',
  tests: 'src/features/auth/recent.test.ts',
  titles: ['a time gone by is recent up to the last millisecond'],
}

test('a fault that changes nothing turns nothing red, and is told', async () => {
  const [first, ...others] = await notRed({
    ...asked,
    edits: [['How long ago something was', 'How long since something was']],
  })

  assert.match(first ?? '', /passed/)
  assert.ok(others.every((one) => one.includes('passed')))
})

test('a source that does not load, and a title that nobody has, are no red tests', async () => {
  const broken = await notRed({ ...asked, edits: [['How long ago something was', '\n) nothing that loads']] })
  const nobody = await notRed({
    ...asked,
    edits: [['How long ago something was', 'How long since something was']],
    titles: ['a title that nobody gave'],
  })

  assert.match(broken[0] ?? '', /no test ran/)
  assert.match(nobody[0] ?? '', /no test ran/)
})

test('a fault whose text is gone is refused, so that no control grows old unseen', () => {
  const fault = { file: 'a.ts', edits: [['a', 'b']] } as const

  assert.throws(() => withEdits('nothing of it is here'.replaceAll('a', ''), fault), /0 times/)
  assert.throws(() => withEdits('a a', fault), /2 times/)
  assert.equal(withEdits('a', fault), 'b')
})
