import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from './random.ts'
import { isRequestId, newSpanId, newTraceId, parseTraceparent } from './trace.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const parentId = 'b7ad6b7169203331'

test('a traceparent tells trace, parent and whether it is sampled', () => {
  assert.deepEqual(parseTraceparent(`00-${traceId}-${parentId}-01`), { traceId, parentId, sampled: true })
  assert.equal(parseTraceparent(`00-${traceId}-${parentId}-00`)?.sampled, false)
  assert.equal(parseTraceparent(`00-${traceId}-${parentId}-fe`)?.sampled, false)
})

test('a later version is read as far as it is known', () => {
  assert.equal(parseTraceparent(`cc-${traceId}-${parentId}-01`)?.traceId, traceId)
  assert.equal(parseTraceparent(`cc-${traceId}-${parentId}-01-what-the-future`)?.traceId, traceId)
  assert.equal(parseTraceparent(`cc-${traceId}-${parentId}-01.what`), undefined)
})

test('a traceparent that breaks a rule begins a new trace', () => {
  const hostile = [
    '',
    '00',
    `ff-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-01-more`,
    `00-${traceId}-${parentId}-01-`,
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `0-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-1`,
    `00-${traceId}-${parentId}-0g`,
    `00_${traceId}-${parentId}-01`,
    ` 00-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-01\n`,
    `00-${traceId}-${parentId}-01, 00-${traceId}-${parentId}-01`,
    `cc-${traceId}-${parentId}-01-${'a'.repeat(1e5)}`,
  ]
  for (const header of hostile) assert.equal(parseTraceparent(header), undefined, header.slice(0, 70))
})

test('new ids have the form the specification asks', () => {
  const random = seededRandom(1)
  assert.match(newTraceId(random), /^[0-9a-f]{32}$/)
  assert.match(newSpanId(random), /^[0-9a-f]{16}$/)
  assert.notEqual(newTraceId(random), newTraceId(random))
  let asked = 0
  const zeroFirst = { bytes: (count: number) => new Uint8Array(count).fill(asked++), fraction: () => 0 }
  assert.equal(newTraceId(zeroFirst), '01'.repeat(16))
})

test('a request id is short and plain, or it is not kept', () => {
  for (const text of ['a', 'A-1_b.c', 'x'.repeat(128)]) assert.ok(isRequestId(text))
  for (const text of ['', 'x'.repeat(129), 'a b', 'a\n', 'a\r\nSet-Cookie: x', 'ä', '"', '<', '\u001b[31m']) {
    assert.equal(isRequestId(text), false, JSON.stringify(text).slice(0, 40))
  }
})
