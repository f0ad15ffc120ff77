// Faults that the tests of keys must see: each is a protocol that somebody might have thought good enough.
import { withFault } from '../faults/engine_fault.ts'
import type { Engine, Statement, Transaction, WriteOptions } from '../../src/store/contract.ts'
import type { Stored } from '../../src/define/field.ts'

const isKeep = ({ text }: Statement): boolean => text.startsWith('insert into "plinth_answers"')

/** What an insert that was not done says it made. */
const made = (values: readonly Stored[]): [[Stored]] => [[values[0] ?? null]]

/** Refusals are told and forgotten. */
export const forgetsRefusals = (engine: Engine): Engine =>
  withFault(engine, (tx, { name }) => ({
    all: (statement, values, as) =>
      isKeep(statement) && name.endsWith(' refused') ? made(values) : tx.all(statement, values, as),
  }))

/** The answer is kept once the work is committed, in a transaction of its own. `between` is called before it begins. */
export function remembersApart(engine: Engine, between: () => void = () => {}): Engine {
  return {
    ...engine,
    async write<T>(options: WriteOptions, work: (tx: Transaction) => Promise<T>): Promise<T> {
      const late: { keep: readonly [Statement, readonly Stored[]] | undefined } = { keep: undefined }
      const noting = withFault(engine, (tx) => ({
        all: (statement, values, as) => {
          if (!isKeep(statement)) return tx.all(statement, values, as)
          late.keep = [statement, values]
          return made(values)
        },
      }))
      const answer = await noting.write(options, work)
      const { keep } = late
      if (keep === undefined) return answer
      between()
      await engine.write({ name: 'late', isolation: 'locked' }, async (tx) => tx.all(...keep))
      return answer
    },
  }
}

/** Twins do not see each other: no lock, and a table where a hash may stand twice (see `dropUnique`). */
export const looksOnly = (engine: Engine): Engine =>
  withFault(engine, (tx) => ({
    all: (statement, values, as) => tx.all(isKeep(statement) ? unguarded(statement) : statement, values, as),
    tryLock: () => true,
  }))

const unguarded = ({ text, reads }: Statement): Statement => ({
  text: text.replace('on conflict ("hash") do nothing ', ''),
  reads,
})

export const dropUnique = 'drop index "plinth_answers_hash_key"'

/** Twins wait for each other's row instead of being told: the unique key alone. */
export const waitsForRows = (engine: Engine): Engine => withFault(engine, () => ({ tryLock: () => true }))
