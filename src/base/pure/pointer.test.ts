import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pointer } from './pointer.ts'

/** RFC 6901 §4, the other direction. */
const read = (text: string): string[] =>
  text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))

test('a pointer names each step, escaped', () => {
  assert.equal(pointer(pointer(pointer('', 'lines'), 0), 'quantity'), '/lines/0/quantity')
  assert.equal(pointer('', 'a/b~c'), '/a~1b~0c')
  assert.equal(pointer('', ''), '/')
  assert.equal(pointer('/a', '~1'), '/a/~01')
})

test('every key can be read back from its pointer', () => {
  fc.assert(fc.property(fc.array(fc.string()), (keys) => assert.deepEqual(read(keys.reduce(pointer, '')), keys)))
  // Negative control: without escapes two places share a pointer.
  assert.equal(['a/b'].join('/'), ['a', 'b'].join('/'))
})
