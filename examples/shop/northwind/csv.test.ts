// What the CSV reader takes and refuses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCsv } from './csv.ts'

test('a line becomes a row by the names of the header', () => {
  assert.deepEqual(readCsv('id,name\r\n1,Chai\r\n2,\r\n'), [
    { id: '1', name: 'Chai' },
    { id: '2', name: '' },
  ])
})

test('a quoted field holds commas, line ends and doubled quotes', () => {
  assert.deepEqual(readCsv('a,b\n"1, ""one""","x\r\ny"\n'), [{ a: '1, "one"', b: 'x\r\ny' }])
})

test('the last line may lack its end, and may end with an empty field', () => {
  assert.deepEqual(readCsv('a,b\n1,2'), [{ a: '1', b: '2' }])
  assert.deepEqual(readCsv('a,b\n1,'), [{ a: '1', b: '' }])
})

test('a byte order mark is no part of the first name, and nothing is no rows', () => {
  assert.deepEqual(readCsv('\ufeffa\n1\n'), [{ a: '1' }])
  assert.deepEqual(readCsv(''), [])
})

test('a line of another length and a stray quote are refused with their line', () => {
  assert.throws(() => readCsv('a,b\n1,2\n3\n'), /line 3: it has 1 fields/)
  assert.throws(() => readCsv('a\n1"2\n'), /line 2: a quote/)
  assert.throws(() => readCsv('a\n"1\n'), /line 2: a quote/)
})
