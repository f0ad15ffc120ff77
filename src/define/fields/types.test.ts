// Tests of types: what each field is in code, on the wire and to a client; every refusal has its twin.
import { test } from 'node:test'
import { holds, idOf, type Same } from '../../../test/types/same.ts'
import { type Money, moneyOf } from '../../base/pure/money.ts'
import type { In, Out, To } from '../field.ts'
import type { Id, InputOf, NewOf, RowOf, WireOf } from '../infer.ts'
import { resource, type New, type Row } from '../resource.ts'
import {
  boolean,
  choice,
  date,
  decimal,
  email,
  integer,
  items,
  json,
  type Json,
  money,
  ref,
  type Sealed,
  secret,
  slug,
  text,
  timestamp,
  url,
} from './index.ts'

const customers = resource('customers', { fields: { company: text({ max: 80 }) }, allow: {} })
const plain = {
  name: text(),
  bounded: text({ min: 1, max: 80 }),
  mail: email({ unique: true }),
  site: url({ optional: true }),
  path: slug(),
  count: integer({ min: 0 }),
  big: integer({ wide: true }),
  narrow: integer({ wide: false }),
  rate: decimal({ scale: 3 }),
  on: boolean({ default: false }),
  status: choice(['pending', 'paid'], { readonly: true, default: 'pending' }),
  at: timestamp({ optional: true, readonly: true }),
  day: date(),
  price: money('USD', { min: '0' }),
  data: json({ optional: true }),
  customer: ref(customers),
  team: ref('teams', { optional: true, onDelete: 'clear' }),
  total: money('USD', { derived: true }),
  label: text({ computed: true }),
  token: secret({ optional: true }),
  lines: items({ product: ref('products'), quantity: integer({ default: 1 }), cost: money('EUR', { readonly: true }) }),
}
type Plain = typeof plain
type PlainRow = RowOf<Plain>

test('a field has its value in code', () => {
  holds<Same<PlainRow['name'], string>>()
  holds<Same<PlainRow['bounded'], string>>()
  holds<Same<PlainRow['mail'], string>>()
  holds<Same<PlainRow['count'], number>>()
  holds<Same<PlainRow['narrow'], number>>()
  holds<Same<PlainRow['big'], bigint>>()
  holds<Same<PlainRow['rate'], string>>()
  holds<Same<PlainRow['on'], boolean>>()
  holds<Same<PlainRow['day'], string>>()
  holds<Same<PlainRow['status'], 'pending' | 'paid'>>()
  holds<Same<PlainRow['price'], Money<'USD'>>>()
  holds<Same<PlainRow['token'], Sealed | null>>()
  holds<Same<In<Plain['token']>, string>>()
  // @ts-expect-error A wide integer is no number.
  holds<Same<PlainRow['big'], number>>()
})

test('optional is the value or null, with or without another writer', () => {
  holds<Same<PlainRow['site'], string | null>>()
  holds<Same<PlainRow['at'], Date | null>>()
  // @ts-expect-error An optional time that the server writes may still be missing.
  holds<Same<PlainRow['at'], Date>>()
  // @ts-expect-error Called without options, nothing is optional.
  holds<Same<PlainRow['name'], string | null>>()
})

test('options inside a resource are read as they are written', () => {
  const orders = resource('orders', {
    fields: {
      note: text(),
      count: integer({ max: 5 }),
      who: ref(customers, { readonly: true }),
      late: timestamp({ optional: true }),
    },
    owner: 'who',
    allow: {},
  })
  type Order = Row<typeof orders>
  holds<Same<Order['note'], string>>()
  holds<Same<Order['count'], number>>()
  holds<Same<Order['late'], Date | null>>()
  holds<Same<Order['who'], Id<'customers'>>>()
  // The owner is filled with the caller, the optional field may be left out, the rest may not.
  const made: New<typeof orders> = { note: 'a', count: 1 }
  // @ts-expect-error `count` is missing.
  const short: New<typeof orders> = { note: 'a' }
  void [made, short]
})

test('a default may be left out, and is never null', () => {
  const fields = { on: boolean({ default: false }), name: text(), rank: integer({ default: 3 }) }
  const least: NewOf<typeof fields> = { name: 'a' }
  // @ts-expect-error A default is not null.
  const nothing: NewOf<typeof fields> = { name: 'a', rank: null }
  // @ts-expect-error `name` has no default.
  const nameless: NewOf<typeof fields> = { on: true }
  void [least, nothing, nameless]
})

test('server code writes what is readonly, a client does not', () => {
  const fields = { name: text(), status: choice(['a', 'b'], { readonly: true }) }
  const server: NewOf<typeof fields> = { name: 'x', status: 'a' }
  const client: InputOf<typeof fields> = { name: 'x' }
  // @ts-expect-error The server sets the status.
  const cheat: InputOf<typeof fields> = { name: 'x', status: 'a' }
  // @ts-expect-error No default, so server code must say.
  const silent: NewOf<typeof fields> = { name: 'x' }
  // @ts-expect-error Not one of the choices.
  const odd: NewOf<typeof fields> = { name: 'x', status: 'c' }
  void [server, client, cheat, silent, odd]
})

test("what is derived or computed is nobody's to write", () => {
  holds<Same<'total' extends keyof NewOf<Plain> ? true : false, false>>()
  holds<Same<'label' extends keyof NewOf<Plain> ? true : false, false>>()
  holds<Same<'label' extends keyof PlainRow ? true : false, false>>()
  holds<Same<WireOf<Plain>['label'], string>>()
})

test('money keeps its currency', () => {
  const price: PlainRow['price'] = moneyOf('USD', '1')
  // @ts-expect-error Another currency.
  const euros: PlainRow['price'] = moneyOf('EUR', '1')
  // @ts-expect-error A bound is exact text, not a number.
  void (() => money('USD', { min: 0 }))
  void [price, euros]
})

test('an id is an id of its resource', () => {
  holds<Same<PlainRow['customer'], Id<'customers'>>>()
  holds<Same<PlainRow['team'], Id<'teams'> | null>>()
  holds<Same<To<Plain['customer']>, 'customers'>>()
  const id = idOf<'customers'>()
  const same: PlainRow['customer'] = id
  // @ts-expect-error An id of another resource.
  const other: PlainRow['customer'] = idOf<'teams'>()
  void [same, other]
})

test('items are rows of their own fields', () => {
  type Line = PlainRow['lines'][number]
  holds<Same<Line['product'], Id<'products'>>>()
  holds<Same<Line['quantity'], number>>()
  holds<Same<Line['cost'], Money<'EUR'>>>()
  holds<Same<To<Plain['lines']>, 'product:products'>>()
  const cost = moneyOf('EUR', '1')
  const product = '' as Id<'products'>
  const written: In<Plain['lines']> = [{ product, cost }]
  // @ts-expect-error Server code must say what it alone sets.
  const costless: In<Plain['lines']> = [{ product }]
  void [written, costless]
})

test('the wire carries text where code has more, and nothing private', () => {
  type Shown = WireOf<Plain>
  holds<Same<Shown['at'], string | null>>()
  holds<Same<Shown['big'], string>>()
  holds<Same<Shown['price'], Money<'USD'>>>()
  holds<Same<Shown['lines'][number]['quantity'], number>>()
  holds<Same<Shown['status'], 'pending' | 'paid'>>()
  holds<Same<'token' extends keyof Shown ? true : false, false>>()
  const data: Shown['data'] = { a: [1, 'b', null] }
  void data
})

test('a JSON value is what JSON can say', () => {
  holds<Same<Out<Plain['data']>, Json>>()
  const value: Json = { a: [1, { b: null }] }
  // @ts-expect-error JSON has no dates.
  const dated: Json = { a: new Date(0) }
  void [value, dated]
})
