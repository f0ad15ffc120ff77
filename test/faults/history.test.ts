// The judge of the fault tests: each kind of loss and of invention is named, and what is allowed is not.
import assert from 'node:assert/strict'
import test from 'node:test'
import { START_BALANCE } from './app.ts'
import { bodyOf, judge, type Rows, type Step } from './history.ts'

const note = (revision: number) => ({ code: 'n', revision, body: bodyOf('n', revision) })
const account = (name: string, balance: number, moves: number) => ({ name, balance, moves })
const holds = (notes: Rows['notes'], accounts: Rows['accounts'] = []): Rows => ({ notes, accounts })

const write = (number: number, revision: number | 'gone'): Step => ({
  number,
  previous: number === 0 ? undefined : number - 1,
  what: 'write',
  write: { note: 'n', revision },
  answer: { status: 200, facts: [{ note: 'n', revision }] },
})
/** Created, changed, changed again; the client heard of the first two. */
const steps = [write(0, 1), write(1, 2), write(2, 3)]
const verdict = (rows: Rows, told = 2, of: readonly Step[] = steps): string[] =>
  judge(of, { isTold: (step) => step < told }, rows)

test('what was told must be there; what was sent and not told may be', () => {
  assert.deepEqual(verdict(holds([note(2)])), [])
  assert.deepEqual(verdict(holds([note(3)])), [])
  assert.match(verdict(holds([note(1)])).join(), /step 1 was told n\.2, it is 1/)
  assert.match(verdict(holds([])).join(), /step 0 was told n\.1, it is gone/)
})

test('what nobody had sent yet must not be there', () => {
  assert.match(verdict(holds([note(3)]), 1).join(), /revision 3, which nobody sent/)
})

test('what was removed may be gone once the removal was sent, and must be once it was told', () => {
  const removed = [write(0, 1), write(1, 'gone')]

  assert.deepEqual(verdict(holds([]), 1, removed), [])
  assert.deepEqual(verdict(holds([note(1)]), 1, removed), [])
  assert.match(verdict(holds([note(1)]), 2, removed).join(), /told n\.gone, it is 1/)
})

test('a row made of two writes is seen', () => {
  assert.match(verdict(holds([{ ...note(2), body: bodyOf('n', 1) }])).join(), /text of something else/)
})

test('money that appears, vanishes or moved half way is seen', () => {
  const total = (balance: number, moves: number): string =>
    verdict(holds([note(2)], [account('a', balance, moves), account('b', START_BALANCE, 0)])).join()

  assert.match(total(START_BALANCE - 5, 2), /hold 1999995 together/)
  assert.match(total(START_BALANCE, 1), /half of a transfer/)
  assert.equal(total(START_BALANCE, 0), '')
})
