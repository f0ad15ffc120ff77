// Actions: what their code is given, what it may answer, and what a noun's name is worth in between.
import { test } from 'node:test'
import {
  action,
  type Id,
  integer,
  money,
  problem,
  problemKind,
  ref,
  resource,
  type Row,
  signedIn,
  type StandardSchema,
  text,
} from 'plinth'
import { type Money, moneyOf } from '../../src/base/pure/money.ts'
import { holds, idOf, type Same } from './same.ts'

const orders = resource('orders', {
  fields: { note: text({ optional: true }), count: integer(), total: money('USD') },
  allow: {},
})
const customers = resource('customers', { fields: { name: text(), order: ref(orders) }, allow: {} })

test('an action on a row is given the row; one on the collection is not', () => {
  action(orders, 'pay', {
    allow: [({ row }) => row.count.gt(0)],
    async run({ row, me, tx, input, prepared }) {
      holds<Same<typeof row, Row<typeof orders>>>()
      holds<Same<typeof me.roles, readonly string[]>>()
      holds<Same<typeof tx.now, Date>>()
      holds<Same<keyof typeof input, never>>()
      holds<Same<typeof prepared, undefined>>()
      return row
    },
  })
  action(orders, 'import', {
    on: 'collection',
    allow: [signedIn],
    async run(call) {
      // @ts-expect-error The collection has no row.
      void call.row
      return call.tx.create(orders, { count: 1, total: moneyOf('USD', '1') })
    },
  })
  void (() => {
    action(orders, 'odd', {
      // @ts-expect-error Its rules see the noun's own fields.
      allow: [({ row }) => row.cost.isNull],
      async run({ row }) {
        return row
      },
    })
    action(orders, 'odd', {
      // @ts-expect-error There are rows and collections.
      on: 'table',
      allow: [],
      run: async ({ tx }) => tx.get(orders, idOf<'orders'>()),
    })
  })
})

test('the input is given as it is after the check: defaults filled in, absent is null', () => {
  action(orders, 'note', {
    input: { why: text(), who: ref(customers, { optional: true }), often: integer({ default: 1 }) },
    allow: [],
    async run({ row, input }) {
      holds<Same<typeof input, { why: string; who: Id<'customers'> | null; often: number }>>()
      // @ts-expect-error Nobody sent it.
      void input.when
      // @ts-expect-error A customer is no order.
      const wrong: Id<'orders'> | null = input.who
      void wrong
      return row
    },
  })
})

test('a Standard Schema types the input by what it makes of it', () => {
  const schema = {} as StandardSchema<{ readonly day: Date }>
  action(orders, 'plan', {
    input: schema,
    allow: [],
    async run({ row, input }) {
      holds<Same<typeof input, { readonly day: Date }>>()
      // @ts-expect-error What comes out is a Date, whatever went in.
      const day: string = input.day
      void day
      return row
    },
  })
  // @ts-expect-error An object that is neither fields nor a schema.
  void (() => action(orders, 'odd', { input: { day: 'text' }, allow: [], run: async () => undefined }))
})

test('what prepare made is what run is given', () => {
  action(orders, 'hash', {
    input: { word: text() },
    allow: [],
    async prepare({ input, me, signal }) {
      holds<Same<typeof input.word, string>>()
      holds<Same<typeof signal, AbortSignal>>()
      return { hash: input.word.length, by: me.id }
    },
    async run({ row, prepared }) {
      holds<Same<typeof prepared.hash, number>>()
      // @ts-expect-error It did not make that.
      void prepared.salt
      return row
    },
  })
  action(orders, 'wait', {
    allow: [],
    async prepare(call) {
      // @ts-expect-error What must wait has no transaction.
      void call.tx
      // @ts-expect-error And no row yet.
      void call.row
    },
    async run({ row }) {
      return row
    },
  })
})

test('an action answers its own noun, another, fields of its own, or nothing', () => {
  action(orders, 'own', { allow: [], run: async ({ row }) => row })
  action(orders, 'other', {
    allow: [],
    output: customers,
    run: async ({ tx }) => tx.get(customers, idOf<'customers'>()),
  })
  action(orders, 'sums', {
    allow: [],
    output: { count: integer(), total: money('USD') },
    run: async ({ row }) => ({ count: row.count, total: moneyOf('USD', '1') }),
  })
  action(orders, 'silent', { allow: [], output: 'nothing', run: async () => {} })
  void (() => {
    // @ts-expect-error Nothing is not an order.
    action(orders, 'odd', { allow: [], run: async () => {} })
    // @ts-expect-error An order is no customer.
    action(orders, 'odd', { allow: [], output: customers, run: async ({ row }) => row })
    action(orders, 'odd', {
      allow: [],
      output: { count: integer(), total: money('USD') },
      // @ts-expect-error `total` is missing.
      run: async () => ({ count: 1 }),
    })
    // @ts-expect-error An action waits for its transaction: it answers a promise.
    action(orders, 'odd', { allow: [], run: ({ row }) => row })
  })
})

test('money that code returns keeps its literal currency, also beside a problem', () => {
  const made = moneyOf('USD', '1')
  holds<Same<typeof made, Money<'USD'>>>()
  action(orders, 'quote', {
    allow: [],
    output: { price: money('USD') },
    async run({ row }) {
      if (row.count === 0) return problem('conflict', 'There is nothing to quote.')
      return { price: moneyOf('USD', '2.00') }
    },
  })
  void (() =>
    action(orders, 'odd', {
      allow: [],
      output: { price: money('USD') },
      // @ts-expect-error Euros where dollars are declared.
      run: async () => ({ price: moneyOf('EUR', '1') }),
    }))
})

test("me is the caller: its id fits every reference, and is not one resource's alone", () => {
  action(customers, 'mine', {
    on: 'collection',
    allow: [signedIn],
    async run({ me, tx }) {
      const [mine, order]: [Id<'customers'>, Id<'orders'>] = [me.id, me.id]
      const isStaff: boolean = me.is('staff')
      void [mine, order, isStaff]
      // @ts-expect-error A caller is not a row.
      void me.name
      return tx.create(customers, { name: 'a', order: me.id })
    },
  })
})

test("an app's own problems are declared by the action that answers them", () => {
  const tooLate = problemKind('too_late', 409, 'It is too late')
  action(orders, 'stop', { allow: [], problems: [tooLate], run: async ({ row }) => row })
  // @ts-expect-error A text is no kind of problem.
  void (() => action(orders, 'odd', { allow: [], problems: ['too_late'], run: async ({ row }) => row }))
})
