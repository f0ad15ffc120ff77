// Tests of definitions: what makes no sense together never starts.
import { deepEqual, equal, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { moneyOf } from '../../base/pure/money.ts'
import { boolean } from './boolean.ts'
import { choice } from './choice.ts'
import { decimal } from './decimal.ts'
import { integer } from './integer.ts'
import { items } from './items.ts'
import { money } from './money.ts'
import { storedDefault } from './options.ts'
import { text } from './text.ts'
import { timestamp } from './timestamp.ts'

describe('a definition', () => {
  test('with an option the kind does not have is refused', () => {
    // @ts-expect-error A misspelt option.
    throws(() => text({ mxa: 5 }), /text: there is no option "mxa"/)
    // @ts-expect-error An option of another kind.
    throws(() => boolean({ max: 5 }), /boolean: there is no option "max"/)
    // @ts-expect-error Not a truth.
    throws(() => text({ optional: 'yes' }), /"optional" is true or false/)
  })

  test('whose options contradict one another is refused', () => {
    throws(() => text({ derived: true, computed: true }), /not both/)
    throws(() => text({ derived: true, default: 'a' }), /has no default/)
    throws(() => text({ computed: true, default: 'a' }), /has no default/)
    throws(() => text({ computed: true, unique: true }), /nothing can keep it unique/)
    throws(() => text({ computed: true, private: true }), /cannot be private/)
  })

  test('with a default that the field refuses is refused', () => {
    throws(() => integer({ max: 5, default: 6 }), /default is refused by the field itself/)
    // @ts-expect-error Null is what optional means.
    throws(() => text({ optional: true, default: null }), /a default is a value/)
    // @ts-expect-error Not one of the choices.
    throws(() => choice(['a', 'b'], { default: 'c' }), TypeError)
    // @ts-expect-error Another currency.
    throws(() => money('USD', { default: moneyOf('EUR', '1') }), TypeError)
  })

  test('is frozen, so that nothing is changed behind what was checked', () => {
    const field = text({ max: 5 })

    throws(() => Object.assign(field.kind, { sortable: false }), TypeError)
    throws(() => Object.assign(field.options, { optional: true }), TypeError)
  })

  test('tells the default as its column stores it', () => {
    equal(storedDefault(text({ default: 'a' })), 'a')
    equal(storedDefault(money('USD', { default: moneyOf('USD', '1.50') })), 150)
    equal(storedDefault(decimal({ default: '1.5' })), 150)
    equal(storedDefault(integer({ wide: true, default: 5n })), '5')
    equal(storedDefault(timestamp({ default: new Date(0) })), '1970-01-01T00:00:00.000Z')
    equal(storedDefault(boolean({ default: false })), false)
    equal(storedDefault(text()), undefined)
    equal(storedDefault(items({ a: text() }, { default: [] })), undefined)
  })

  test('leaves the options it was given alone', () => {
    const options = { max: 5 } as const

    text(options)

    deepEqual(options, { max: 5 })
    equal(Object.isFrozen(options), false)
  })
})
