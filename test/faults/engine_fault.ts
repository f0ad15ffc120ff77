// Engines that do something else than they are asked: what the fault of a control is made of.
import type { Engine, Transaction, WriteOptions } from '../../src/store/contract.ts'

/** An engine whose transactions do something else than they are asked: what a fault is seeded with. */
export function withFault(
  engine: Engine,
  fault: (tx: Transaction, options: WriteOptions) => Partial<Pick<Transaction, 'all' | 'tryLock'>>,
): Engine {
  return {
    ...engine,
    write: (options, work) =>
      engine.write(options, (tx) =>
        work({
          all: (statement, values, as) => tx.all(statement, values, as),
          raw: (text, values) => tx.raw(text, values),
          atCommit: (statement, values) => tx.atCommit(statement, values),
          savepoint: (inner) => tx.savepoint(inner),
          tryLock: (name) => tx.tryLock(name),
          ...fault(tx, options),
        }),
      ),
  }
}
