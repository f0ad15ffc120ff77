// Tests of schemas: bounded, closed, without what is private, and agreeing with what the fields accept.
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { moneyOf } from '../../base/pure/money.ts'
import type { Fields, JsonSchema } from '../field.ts'
import {
  boolean,
  choice,
  date,
  decimal,
  email,
  integer,
  items,
  money,
  ref,
  secret,
  slug,
  text,
  timestamp,
  url,
} from './index.ts'
import { isObject } from './body.ts'
import { fieldSchema, isNeeded, objectSchema } from './schema.ts'

const each: Fields = {
  text: text({ pattern: '[a-z]{1,9}', example: 'abc' }),
  email: email(),
  url: url(),
  slug: slug(),
  integer: integer(),
  wide: integer({ wide: true }),
  decimal: decimal(),
  boolean: boolean(),
  choice: choice(['a', 'b'], { optional: true }),
  timestamp: timestamp(),
  date: date(),
  money: money('USD'),
  items: items({ text: text(), amount: money('USD', { readonly: true }), margin: integer({ private: true }) }),
  ref: ref('orders'),
  secret: secret(),
}

/** Names what has no bound; `named` is a type, or a type and null. */
function unbounded(schema: JsonSchema, at: string): string[] {
  const types = [schema.type].flat()
  const missing = (type: string, ...keywords: string[]): string[] =>
    types.includes(type) ? keywords.filter((keyword) => schema[keyword] === undefined).map((one) => `${at} ${one}`) : []
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : []
  return [
    ...(schema.enum === undefined ? missing('string', 'maxLength', 'minLength') : []),
    ...missing('array', 'maxItems', 'minItems', 'items'),
    ...missing('integer', 'minimum', 'maximum', 'format'),
    ...missing('object', 'properties', 'additionalProperties'),
    ...(isObject(schema.items) ? unbounded(schema.items, `${at}/items`) : []),
    ...properties.flatMap(([name, inner]) => (isObject(inner) ? unbounded(inner, `${at}/${name}`) : [])),
  ]
}

describe('the schema of fields', () => {
  test('bounds every text, number and list, and closes every object', () => {
    deepEqual(unbounded(objectSchema(each, 'answer'), ''), [])
    deepEqual(
      unbounded({ type: ['string', 'null'], maxLength: 5 }, 'it'),
      ['it minLength'],
      'the check finds a bound that is missing',
    )
  })

  test('does not know what is private', () => {
    const schema = JSON.stringify(objectSchema(each, 'answer'))

    ok(!schema.includes('secret') && !schema.includes('margin'))
    ok(schema.includes('amount'), 'what is shown is found')
  })

  test('asks a request for what has no default, and an answer for everything', () => {
    const fields = {
      a: text(),
      b: text({ optional: true }),
      c: text({ default: 'x' }),
      d: text({ readonly: true }),
      e: text({ derived: true }),
      f: text({ private: true }),
    }

    deepEqual(objectSchema(fields, 'request').required, ['a'])
    deepEqual(objectSchema(fields, 'answer').required, ['a', 'b', 'c', 'd', 'e'])
    deepEqual(Object.values(fields).map(isNeeded), [true, false, false, false, false, false])
    equal('required' in objectSchema({ b: fields.b }, 'request'), false)
  })

  test('says what is null, what the server sets and what is filled in', () => {
    deepEqual(fieldSchema(choice(['a', 'b'], { optional: true }), 'answer'), {
      type: ['string', 'null'],
      enum: ['a', 'b', null],
      examples: ['b'],
    })
    equal(fieldSchema(text({ readonly: true }), 'answer').readOnly, true)
    deepEqual(fieldSchema(money('USD', { default: moneyOf('USD', '1') }), 'request').default, {
      amount: '1.00',
      currency: 'USD',
    })
    equal(fieldSchema(text({ description: 'Name.' }), 'answer').description, 'Name.')
  })

  test('asks for every field of an item in an answer only', () => {
    const list = items({ a: text(), b: text({ default: 'x' }) })
    const needed = (schema: JsonSchema): unknown => (isObject(schema.items) ? schema.items.required : undefined)

    deepEqual(needed(fieldSchema(list, 'request')), ['a'])
    deepEqual(needed(fieldSchema(list, 'answer')), ['a', 'b'])
  })

  test('has patterns that the samples match', () => {
    for (const { kind } of Object.values(each)) {
      const { pattern } = kind.schema
      if (typeof pattern === 'string') ok(new RegExp(pattern, 'u').test(String(kind.sample(7))), kind.name)
    }
    throws(() => ok(/^[a-z]+$/u.test(String(integer().kind.sample(7)))), 'another pattern does not match')
  })
})
