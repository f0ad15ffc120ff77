// An exact amount in one currency: minor units in the column, { amount, currency } in code and on the wire.
import { exponentOf, fromMinor, type Money, toMinor } from '../../base/pure/money.ts'
import type { Field, Issues, Kind, Options, Stored } from '../field.ts'
import { isObject, refuseUnknown } from './body.ts'
import { numberOf } from './characters.ts'
import { numberOperators } from './whole.ts'
import { refuse } from './issues.ts'
import { defineField, type Only } from './options.ts'
import { decimalSchema, parseDecimal, type Range, rangeOf, sampleDecimal } from './scaled.ts'

export interface MoneyOptions<C extends string = string> extends Options {
  /** Decimal text; default none but what 2^53 - 1 minor units hold. */
  readonly min?: string
  readonly max?: string
  readonly default?: Money<NoInfer<C>>
  readonly example?: Money<NoInfer<C>>
}

/** Money of one currency. Fails with TypeError for a code that is not a currency in use. */
export function money<const C extends string, const O extends MoneyOptions<C> = {}>(
  currency: C,
  options?: O & Only<O, MoneyOptions<C>>,
): Field<Money<C>, O> {
  const range = rangeOf('money', exponentOf(currency), options?.min, options?.max)
  return defineField(moneyKind(currency, range), options, ['min', 'max'])
}

function moneyKind<C extends string>(currency: C, range: Range): Kind<Money<C>> {
  const show = (stored: Stored): Money<C> => fromMinor(numberOf(stored), currency)
  return {
    name: 'money',
    storage: 'int',
    folded: false,
    operators: numberOperators,
    sortable: true,
    checks: [{ check: 'between', min: range.min, max: range.max }],
    schema: {
      type: 'object',
      properties: { amount: decimalSchema(range.scale), currency: { type: 'string', enum: [currency] } },
      required: ['amount', 'currency'],
      additionalProperties: false,
    },
    parse: (wire, pointer, issues, before) => parseMoney({ currency, range, before }, wire, pointer, issues),
    fromText: (value) => ({ amount: value, currency }),
    toStored: (value) => storeMoney(currency, value),
    toValue: show,
    toWire: show,
    sample: (n) => ({ amount: sampleDecimal(n, range), currency }),
  }
}

interface Wanted<C extends string> {
  readonly currency: C
  readonly range: Range
  /** The present value: a merge patch may leave out what stays (RFC 7396). */
  readonly before: unknown
}

function parseMoney<C extends string>(
  wanted: Wanted<C>,
  wire: unknown,
  pointer: string,
  issues: Issues,
): Money<C> | undefined {
  const { currency, range, before } = wanted
  if (!isObject(wire)) return refuse(issues, pointer, 'wrong_type', 'Must be an object of amount and currency.')
  const present = isObject(before) ? before : undefined
  const amount = memberOf(wire, present, 'amount', pointer, issues)
  const named = memberOf(wire, present, 'currency', pointer, issues)
  const minor = amount === undefined ? undefined : parseDecimal(range, amount, `${pointer}/amount`, issues)
  if (named !== undefined && named !== currency) {
    const code = typeof named === 'string' ? 'bad_choice' : 'wrong_type'
    refuse(issues, `${pointer}/currency`, code, `Must be "${currency}".`)
  }
  const known = Number(Object.hasOwn(wire, 'amount')) + Number(Object.hasOwn(wire, 'currency'))
  const extra = Object.keys(wire).length > known
  if (extra) refuseUnknown(wire, moneyKeys, pointer, issues)
  return minor === undefined || named !== currency || extra ? undefined : fromMinor(minor, currency)
}

const moneyKeys: ReadonlySet<string> = new Set(['amount', 'currency'])

type Members = { readonly [key: string]: unknown }

function memberOf(wire: Members, before: Members | undefined, key: string, pointer: string, issues: Issues): unknown {
  const value = Object.hasOwn(wire, key) ? wire[key] : before?.[key]
  if (value === undefined || value === null)
    return refuse(issues, `${pointer}/${key}`, 'required', 'A value is needed.')
  return value
}

function storeMoney(currency: string, value: unknown): number {
  if (!isObject(value) || typeof value.amount !== 'string' || value.currency !== currency) {
    throw new TypeError(`money: server code must write an amount of ${currency}, such as moneyOf('${currency}', '1')`)
  }
  return toMinor({ amount: value.amount, currency })
}
