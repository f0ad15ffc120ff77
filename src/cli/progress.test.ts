// Where a person watches, one line changes; elsewhere each is a line of its own, for a file or another program.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { progress } from './progress.ts'

function told(isWatched: boolean): string {
  const lines: string[] = []
  const report = progress({
    environment: {},
    isWatched,
    out: () => assert.fail('progress is no part of what a command says'),
    err: (text) => void lines.push(text),
    openLog: () => assert.fail('nothing is opened'),
  })
  report(1, 2, 'pieces')
  report(2, 2, 'pieces')
  report(3, undefined, 'rows')
  return lines.join('')
}

test('a line changes on a terminal and ends with the work; one that comes too soon is left out', () => {
  assert.equal(told(true), '\r\u001b[Kpieces: 1 of 2\r\u001b[Kpieces: 2 of 2\n')
})

test('elsewhere each is a line', () => {
  assert.equal(told(false), 'pieces: 1 of 2\npieces: 2 of 2\n')
})
