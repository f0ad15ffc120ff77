// The app whose actions take too long or meet too many, to see what their callers are told.
import { sql } from 'kysely'
import { setTimeout as sleep } from 'node:timers/promises'
import { action, anyone, app, integer, resource, type Tx } from 'plinth'

export const counters = resource('counters', {
  fields: { value: integer({ min: 0, default: 0 }) },
  allow: { read: [anyone], create: [anyone] },
})

/** Writes, and then does something else in the same transaction. */
const counting = (name: string, then: (tx: Tx) => Promise<unknown>) =>
  action(counters, name, {
    allow: [anyone],
    async run({ row, tx }) {
      const counted = await tx.add(counters, row.id, { value: 1 })
      await then(tx)
      return counted ?? row
    },
  })

export const count = counting('count', async () => {})

/** One statement that sleeps; PostgreSQL alone can. */
export const nap = counting('nap', (tx) => sql`select pg_sleep(30)`.execute(tx.sql({ counters })))

const countFar = sql`with recursive n (i) as (select 1 union all select i + 1 from n where i < 12000000)
                     select count(*) as c from n`

/** One statement that works for a while, on either engine. */
export const toil = counting('toil', (tx) => countFar.execute(tx.sql({ counters })))

/** More short statements than anybody waits for. */
export const plod = counting('plod', async (tx) => {
  for (let n = 0; n < 1_000_000; n++) await tx.find(counters, {}, { limit: 1 })
})

/** A transaction that waits for something foreign. */
export const dream = counting('dream', () => sleep(30_000, undefined, { ref: false }))

export default app('limits', { counters, count, nap, toil, plod, dream })
