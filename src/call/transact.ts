// A transaction of code that is no operation (a route, a job, a handler): no rule is asked, what it does is recorded.
import type { Tx } from '../define/tx.ts'
import type { WriteOptions } from '../store/contract.ts'
import type { Deed } from './deed.ts'
import type { House } from './house.ts'
import { verbsOf } from './verbs.ts'
import { type OpenWrite, wakeRememberers, type Work } from './work.ts'
import { withinOf } from './within.ts'
import { write } from './write.ts'

export type TransactOptions = Partial<Pick<WriteOptions, 'isolation' | 'deadlineMs' | 'signal' | 'rollback'>>

/** Runs code over the verbs, serializable unless it says otherwise. Fails as the code or `Engine.write` does. */
export function transact<T>(
  house: House,
  deed: Deed,
  options: TransactOptions,
  run: (tx: Tx, work: Work) => Promise<T>,
): Promise<T> {
  return write(house, { isolation: 'serializable', ...options, name: deed.operation }, async (open) => {
    const work = workOf(house, open, deed)
    const answer = await run(verbsOf(work), work)
    wakeRememberers(work)
    await house.chain.record(work, undefined)
    return answer
  })
}

/** The work of code that is no operation: the rows it makes are nobody's unless it says whose, but of its tenant. */
export const workOf = (house: House, open: OpenWrite, deed: Deed): Work => ({
  ...open,
  house,
  deed,
  now: house.clock.now(),
  within: withinOf(deed.caller),
  belongings: ({ noun }) => {
    const { tenant } = deed.caller
    return noun.tenant === undefined || tenant === null ? {} : { [noun.tenant]: tenant }
  },
  changes: [],
  sweeps: [],
})
