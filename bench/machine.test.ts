// Where CPU time and memory stand in /proc, and that names with blanks and brackets do not move them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseStat } from './machine.ts'

const REST = 'S 10 20 30 0 -1 4194304 5 6 7 8 150 50 20 30 20 0 11 0 8000 1300000000 16384 18446744073709551615'

test('a process tells its parent, session, CPU seconds with those of its ended children, and memory', () => {
  const expected = { parent: 10, session: 30, cpuSeconds: 2.5, residentMb: 64 }

  assert.deepEqual(parseStat(`77 (node) ${REST}`), expected)
})

test('a name may hold anything, brackets too', () => {
  const plain = parseStat(`77 (node) ${REST}`)
  const text = `77 (a) b (c)) ${REST}`
  // Seeded fault: splitting at every blank, as if a name had none, reads other columns.
  const naive = Number(text.split(' ')[3])

  assert.deepEqual(parseStat(text), plain)
  assert.notEqual(naive, plain.parent)
})
