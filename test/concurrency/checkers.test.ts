// The two checkers against histories written by hand: each class of anomaly is found and named, sound ones pass.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { judgeAppends, type Step, type Transaction } from './appends.ts'
import { type Call, notLinearizable } from './register.ts'

/** Calls by their times: `[kind, value, calledAt, toldAt, more]`. */
type Short = readonly [Call['kind'], number, number, number, Partial<Call>?]
const calls = (...short: readonly Short[]): Call[] =>
  short.map(([kind, value, calledAt, toldAt, more], at) => ({
    step: at + 1,
    client: at,
    kind,
    value,
    calledAt,
    toldAt,
    outcome: 'done',
    ...more,
  }))

const unknown = { outcome: 'unknown' } as const

describe('registers', () => {
  const sound: Readonly<Record<string, Call[]>> = {
    'nothing happened': [],
    'one after the other': calls(['write', 1, 1, 2], ['read', 1, 3, 4], ['write', 2, 5, 6], ['read', 2, 7, 8]),
    'a read beside a write sees either': calls(['write', 1, 1, 10], ['read', 0, 2, 3], ['read', 1, 4, 5]),
    'a write of unknown outcome is seen late': calls(['write', 1, 1, 2, unknown], ['read', 0, 3, 4], ['read', 1, 5, 6]),
    'a write of unknown outcome is never seen': calls(['write', 1, 1, 2, unknown], ['read', 0, 3, 4]),
    'one of two swaps wins': calls(
      ['swap', 1, 1, 9, { expected: 0 }],
      ['swap', 2, 2, 8, { expected: 0, outcome: 'refused' }],
    ),
  }
  const torn: Readonly<Record<string, Call[]>> = {
    'a stale read': calls(['write', 1, 1, 2], ['read', 0, 3, 4]),
    'a value nobody wrote': calls(['read', 7, 1, 2]),
    'back in time': calls(['write', 1, 1, 10], ['read', 1, 2, 3], ['read', 0, 4, 5]),
    'a lost write': calls(['write', 1, 1, 2], ['write', 2, 3, 4], ['read', 1, 5, 6]),
    'two readers see two orders': calls(
      ...([
        ['write', 1, 1, 20],
        ['write', 2, 2, 20],
        ['read', 1, 3, 4],
        ['read', 2, 5, 6],
        ['read', 1, 7, 8],
      ] as const),
    ),
    'two swaps win': calls(['swap', 1, 1, 9, { expected: 0 }], ['swap', 2, 2, 8, { expected: 0 }]),
    'a swap refused without a reason': calls(['swap', 1, 1, 2, { expected: 0, outcome: 'refused' }]),
    'a write of unknown outcome is undone again': calls(
      ...([
        ['write', 1, 1, 2, unknown],
        ['read', 1, 3, 4],
        ['read', 0, 5, 6],
      ] as const),
    ),
  }
  for (const [what, history] of Object.entries(sound))
    test(`sound: ${what}`, () => assert.equal(notLinearizable(history, 0), undefined))
  for (const [what, history] of Object.entries(torn))
    test(`not linearizable: ${what}`, () =>
      assert.match(notLinearizable(history, 0) ?? '', /^not linearizable, at step/))
})

const append = (list: string, element: number): Step => ({ kind: 'append', list, element })
const read = (list: string, ...seen: readonly number[]): Step => ({ kind: 'read', list, seen })
const told = (...all: readonly (readonly Step[])[]): Transaction[] =>
  all.map((steps, at) => ({ step: at + 1, client: at, outcome: 'done', steps }))
const not = (outcome: Transaction['outcome'], transactions: Transaction[], step: number): Transaction[] =>
  transactions.map((one) => (one.step === step ? { ...one, outcome } : one))

const kinds = (transactions: Transaction[], held: Readonly<Record<string, readonly number[]>>): string[] => [
  ...new Set(judgeAppends(transactions, new Map(Object.entries(held))).map(({ kind }) => kind)),
]

describe('lists', () => {
  test('sound: one after the other, own appends are seen, an unknown one may be there or not', () => {
    const one = told([append('x', 1), read('x', 1)], [read('x', 1), append('x', 2), append('y', 3)], [read('y', 3)])

    assert.deepEqual(kinds(one, { x: [1, 2], y: [3] }), [])
    assert.deepEqual(kinds(not('unknown', one.slice(0, 2), 2), { x: [1, 2], y: [3] }), [])
    assert.deepEqual(kinds(not('unknown', one.slice(0, 2), 2), { x: [1], y: [] }), [])
    assert.deepEqual(kinds(not('undone', one.slice(0, 2), 2), { x: [1], y: [] }), [])
  })

  test('G0: two writes over each other, in two orders', () => {
    assert.deepEqual(
      kinds(told([append('x', 1), append('y', 2)], [append('x', 3), append('y', 4)]), { x: [1, 3], y: [4, 2] }),
      ['G0'],
    )
  })

  test('G1a: what was undone is seen', () => {
    assert.ok(kinds(not('undone', told([append('x', 1)], [read('x', 1)]), 1), { x: [1] }).includes('G1a'))
  })

  test('G1b: what was in between is seen', () => {
    assert.ok(kinds(told([append('x', 1), append('x', 2)], [read('x', 1)]), { x: [1, 2] }).includes('G1b'))
  })

  test('G1c: two transactions that see each other', () => {
    assert.deepEqual(kinds(told([append('x', 1), read('y', 2)], [append('y', 2), read('x', 1)]), { x: [1], y: [2] }), [
      'G1c',
    ])
  })

  test('G-single: a read that is half old', () => {
    assert.deepEqual(kinds(told([append('x', 1), append('y', 2)], [read('x', 1), read('y')]), { x: [1], y: [2] }), [
      'G-single',
    ])
  })

  test('G2: two that decide without seeing each other', () => {
    assert.deepEqual(kinds(told([read('x'), append('y', 1)], [read('y'), append('x', 2)]), { x: [2], y: [1] }), ['G2'])
  })

  test('G2: a knot of three', () => {
    const three = told([read('x'), append('y', 1)], [read('y'), append('z', 2)], [read('z'), append('x', 3)])

    assert.deepEqual(kinds(three, { x: [3], y: [1], z: [2] }), ['G2'])
  })

  test('what was told done is not there; a list that forked; made up; twice; blind for itself', () => {
    assert.deepEqual(kinds(told([append('x', 1)], [append('x', 2)]), { x: [2] }), ['lost'])
    assert.deepEqual(kinds(told([append('x', 1), read('x', 1)], [append('x', 2)]), { x: [2] }), ['lost', 'fork'])
    assert.deepEqual(kinds(told([read('x', 9)]), { x: [9] }), ['made up'])
    assert.deepEqual(kinds(told([append('x', 1)]), { x: [1, 1] }), ['twice'])
    assert.deepEqual(kinds(told([append('x', 1), read('x')]), { x: [1] }), ['internal'])
  })
})
