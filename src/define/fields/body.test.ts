// Tests of bodies: every wrong value found, nothing of the caller's taken that no field asked for, never a throw.
import { deepEqual, doesNotThrow, equal, notEqual, ok, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { moneyOf } from '../../base/pure/money.ts'
import type { Fields } from '../field.ts'
import { type Body, type BodyMode, checkBody, compileBody } from './body.ts'
import { boolean } from './boolean.ts'
import { choice } from './choice.ts'
import { integer } from './integer.ts'
import { collectIssues } from './issues.ts'
import { items } from './items.ts'
import { json } from './json.ts'
import { money } from './money.ts'
import { ref } from './ref.ts'
import { secret } from './secret.ts'
import { text } from './text.ts'
import { timestamp } from './timestamp.ts'

const supplier = '019a2b3c-4d5e-7f01-8203-040506070809'
const fields = {
  name: text({ min: 1, max: 20 }),
  supplier: ref('suppliers'),
  price: money('USD', { min: '0' }),
  stock: integer({ min: 0, default: 0 }),
  note: text({ optional: true }),
  status: choice(['new', 'old'], { readonly: true, default: 'new' }),
  total: integer({ derived: true }),
  shown: text({ computed: true }),
  cost: integer({ private: true }),
  rank: integer({ private: true, default: 3 }),
  key: secret({ optional: true }),
}
const valid = { name: 'Chai', supplier, price: { amount: '18', currency: 'USD' } }

/** What comes of a body: the server values, or each wrong value as one line. */
function outcome(wire: unknown, mode: BodyMode = 'create', before?: Body): Body | string[] {
  const issues = collectIssues()
  const body = checkBody(fields, wire, '', issues, mode, before)
  equal(body === undefined, issues.found.length > 0)
  return body ?? issues.found.map((one) => `${one.pointer} ${one.code}`)
}

describe('a body that creates', () => {
  test('comes out as server values in the order of the fields, defaults filled', () => {
    const body = outcome({ price: { currency: 'USD', amount: '18' }, name: 'Chai', supplier })

    deepEqual(body, {
      name: 'Chai',
      supplier,
      price: moneyOf('USD', '18.00'),
      stock: 0,
      note: null,
      status: 'new',
      rank: 3,
      key: null,
    })
    deepEqual(Object.keys(body), ['name', 'supplier', 'price', 'stock', 'note', 'status', 'rank', 'key'])
  })

  test('has each of its wrong values named', () => {
    deepEqual(outcome({ name: '', price: { amount: 5, currency: 'EUR' }, stock: null, extra: 1, note: 5 }), [
      '/name too_short',
      '/supplier required',
      '/price/amount wrong_type',
      '/price/currency bad_choice',
      '/stock required',
      '/note wrong_type',
      '/extra unknown',
    ])
  })

  test('may not set what the server sets, not even to null', () => {
    deepEqual(outcome({ ...valid, status: 'old', total: null, shown: 'x' }), [
      '/status readonly',
      '/total readonly',
      '/shown readonly',
    ])
  })

  test('meets a private field exactly as one that does not exist', () => {
    const seen = (name: string): unknown => {
      const issues = collectIssues()
      checkBody(fields, { ...valid, [name]: 1 }, '', issues, 'create')
      return issues.found.map((one) => ({ ...one, pointer: one.pointer.replace(name, '') }))
    }

    deepEqual(seen('cost'), seen('nothing'))
    deepEqual(seen('key'), seen('nothing'))
    notEqual(JSON.stringify(seen('status')), JSON.stringify(seen('nothing')), 'a field that is shown differs')
  })

  test('is an object', () => {
    for (const odd of [null, [], [valid], 'a', 5, Number.NaN, true, undefined]) deepEqual(outcome(odd), [' wrong_type'])
  })

  test('takes nothing from its prototype', () => {
    deepEqual(outcome(Object.create(valid)), ['/name required', '/supplier required', '/price required'])
    const polluted = outcome(
      JSON.parse(`${JSON.stringify(valid).slice(0, -1)},"__proto__":{"admin":true},"constructor":1}`),
    )
    deepEqual(polluted, ['/__proto__ unknown', '/constructor unknown'])
    deepEqual(outcome({ ...valid, toString: 1, hasOwnProperty: 1, valueOf: 1 }), [
      '/toString unknown',
      '/hasOwnProperty unknown',
      '/valueOf unknown',
    ])
  })

  test('with names that every object has is read by its own keys alone', () => {
    const odd = { constructor: text({ optional: true }), toString: integer({ default: 5 }), valueOf: boolean() }
    const issues = collectIssues()

    deepEqual(checkBody(odd, { valueOf: true }, '', issues, 'create'), {
      constructor: null,
      toString: 5,
      valueOf: true,
    })
  })

  test('has at most a hundred wrong values, and long keys cut', () => {
    const issues = collectIssues()
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`${'k'.repeat(1_000)}${n}`, n]))

    equal(checkBody(fields, many, '', issues, 'create'), undefined)

    equal(issues.found.length, 100)
    ok(JSON.stringify(issues.found).length < 50_000)
  })

  test('that is wrong stays wrong when no room is left for its reasons', () => {
    const issues = collectIssues()
    for (let n = 0; n < 100; n++) issues.add('', 'unknown', 'Full.')

    equal(checkBody(fields, {}, '', issues, 'create'), undefined)
  })

  test('is named where it stands', () => {
    const issues = collectIssues()
    checkBody(fields, { ...valid, name: 5, 'a/b': 1 }, '/operations/3/body', issues, 'create')

    deepEqual(
      issues.found.map((one) => one.pointer),
      ['/operations/3/body/name', '/operations/3/body/a~1b'],
    )
  })
})

describe('a body that merges', () => {
  test('names only what changes, and null clears', () => {
    deepEqual(outcome({ note: null, stock: 5 }, 'merge'), { stock: 5, note: null })
    deepEqual(outcome({}, 'merge'), {})
    deepEqual(outcome({ name: null }, 'merge'), ['/name required'])
    deepEqual(outcome({ status: 'old', cost: 1 }, 'merge'), ['/status readonly', '/cost unknown'])
  })

  test('keeps inside money what it does not name', () => {
    const before = { price: moneyOf('USD', '18.00') }

    deepEqual(outcome({ price: { amount: '19' } }, 'merge', before), { price: moneyOf('USD', '19.00') })
    deepEqual(outcome({ price: { amount: '19' } }, 'merge'), ['/price/currency required'])
    deepEqual(outcome({ ...valid, price: { amount: '19' } }, 'replace', before), ['/price/currency required'])
  })
})

describe('a body that replaces', () => {
  test('resets what it leaves out, but nothing that only the server writes', () => {
    deepEqual(outcome({ ...valid, stock: 7 }, 'replace'), {
      ...valid,
      price: moneyOf('USD', '18'),
      stock: 7,
      note: null,
    })
    deepEqual(outcome({ name: 'Chai' }, 'replace'), ['/supplier required', '/price required'])
  })
})

describe('any body', () => {
  const everything: Fields = {
    ...fields,
    on: boolean(),
    at: timestamp(),
    data: json(),
    lines: items({ n: integer(), p: money('USD') }),
  }
  const near = fc.record(
    {
      name: fc.anything(),
      price: fc.anything(),
      data: fc.anything(),
      lines: fc.array(fc.anything()),
      at: fc.anything(),
    },
    { requiredKeys: [] },
  )

  test('is answered, never thrown at', () => {
    const check = compileBody(everything)
    const answers = (judge: typeof check): void =>
      fc.assert(
        fc.property(fc.oneof(fc.anything({ withNullPrototype: true, withSparseArray: true }), near), (wire) => {
          for (const mode of ['create', 'replace', 'merge'] as const) {
            doesNotThrow(() => judge(wire, '', collectIssues(), mode, { price: wire, data: wire }))
          }
        }),
        { numRuns: 500, endOnFailure: true },
      )

    answers(check)
    throws(
      () => answers((wire, ...rest) => check(JSON.parse(JSON.stringify(wire)), ...rest)),
      'a careless check throws',
    )
  })

  test('a default is new for each row', () => {
    const set = {
      at: timestamp({ default: new Date(0) }),
      data: json({ default: { a: [] } }),
      lines: items({ n: integer() }, { default: [] }),
    }
    const make = (): Body => checkBody(set, {}, '', collectIssues(), 'create') ?? {}
    const [one, other] = [make(), make()]

    deepEqual(one, { at: new Date(0), data: { a: [] }, lines: [] })
    deepEqual(one, other)
    for (const name of ['at', 'data', 'lines'] as const) notEqual(one[name], other[name], name)
  })

  test('may hold what each row has only as the server gives it', () => {
    const issues = collectIssues()
    compileBody(fields, ['id', 'createdAt'])({ ...valid, id: supplier, version: 1 }, '', issues, 'create')

    deepEqual(
      issues.found.map((one) => `${one.pointer} ${one.code}`),
      ['/id readonly', '/version unknown'],
    )
  })

  test('needs fields with names', () => {
    for (const name of ['', '__proto__', 'a b', 'a/b', '1a']) {
      throws(() => compileBody(Object.fromEntries([[name, text()]])), /a name is letters, digits and _/)
    }
  })

  test('is checked within a few microseconds', () => {
    const check = compileBody({
      a: text(),
      b: integer(),
      c: boolean(),
      d: text({ max: 20 }),
      e: ref('x'),
      f: choice(['a', 'b']),
    })
    const body = { a: 'Chai', b: 3, c: true, d: 'abc', e: supplier, f: 'b' }
    const issues = collectIssues()
    const round = (): number => {
      const began = performance.now()
      for (let n = 0; n < 2_000; n++) check(body, '', issues, 'create')
      return (performance.now() - began) / 2
    }

    // The best of many, because other processes may share the machine; alone it is about half a microsecond.
    const best = Math.min(...Array.from({ length: 50 }, round))

    ok(best < 5, `${best} µs`)
  })
})
