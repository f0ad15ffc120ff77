// The app that the fault tests hurt: notes that are written and removed, accounts whose total never changes.
import { action, anyone, app, ensure, integer, ref, resource, text } from 'plinth'

/** What is on all accounts together, whatever happens. */
export const START_BALANCE = 1_000_000

const all = [anyone]

export const notes = resource('notes', {
  fields: {
    code: text({ min: 1, max: 40, unique: true }),
    /** Counts the writes of one note: the row of a later write has a higher number. */
    revision: integer({ min: 1 }),
    /** Made from code and revision (see history.ts), so that a mixture of two writes is seen. */
    body: text({ max: 4_000 }),
  },
  allow: { list: all, read: all, create: all, update: all, delete: all },
})

export const accounts = resource('accounts', {
  fields: {
    name: text({ max: 40, unique: true }),
    balance: integer({ min: 0, default: START_BALANCE }),
    /** Transfers this account took part in. */
    moves: integer({ min: 0, default: 0 }),
  },
  allow: { list: all, read: all, create: all },
})

export const transfer = action(accounts, 'transfer', {
  allow: all,
  input: { to: ref(accounts), amount: integer({ min: 1, max: 100 }) },
  isolation: 'locked',
  async run({ row, input, tx }) {
    const from = await tx.add(accounts, row.id, { balance: -input.amount, moves: 1 })
    ensure(from, 'conflict', 'There is not enough on this account.')
    await tx.add(accounts, input.to, { balance: input.amount, moves: 1 })
    return from
  },
})

export default app('faults', { notes, accounts, transfer })
