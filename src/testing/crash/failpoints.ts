// Points at which the work on an engine can be cut: around every statement of a transaction, and around its commit.
import type { Engine, Transaction, WriteOptions } from '../../store/contract.ts'

/** A point in the life of one write transaction. */
export interface Point {
  /** Counts the points of the engine, from 1. */
  readonly number: number
  /** Names the transaction, as its errors do. */
  readonly name: string
  readonly at: 'begin' | 'before' | 'after' | 'commit' | 'committed'
  /** The text of the statement that comes, or came. */
  readonly statement: string | undefined
}

/** An engine that tells of every point it comes to. What `reach` throws is what the statement fails with. */
export function withFailpoints(engine: Engine, reach: (point: Point) => void): Engine {
  const count = { points: 0 }
  const at = (name: string, at: Point['at'], statement?: string): void =>
    reach({ number: ++count.points, name, at, statement })
  return {
    ...engine,
    async write<T>(options: WriteOptions, work: (tx: Transaction) => Promise<T>): Promise<T> {
      const { name } = options
      at(name, 'begin')
      const answer = await engine.write(options, async (tx) => {
        const done = await work(through(tx, (point, text) => at(name, point, text)))
        at(name, 'commit')
        return done
      })
      at(name, 'committed')
      return answer
    },
  }
}

type Tell = (point: 'before' | 'after', statement: string) => void

function through(tx: Transaction, tell: Tell): Transaction {
  const around = <T>(text: string, run: () => T | Promise<T>): T | Promise<T> => {
    tell('before', text)
    const answer = run()
    if (answer instanceof Promise) return answer.then((rows) => told(rows, text))
    return told(answer, text)
  }
  const told = <T>(answer: T, text: string): T => {
    tell('after', text)
    return answer
  }
  return {
    all: (statement, values, as) => around(statement.text, () => tx.all(statement, values, as)),
    raw: (text, values) => around(text, () => tx.raw(text, values)),
    atCommit: (statement, values) => {
      tell('before', statement.text)
      tx.atCommit(statement, values)
    },
    savepoint: (work) => tx.savepoint(work),
    tryLock: (name) => around(`try lock ${name}`, () => tx.tryLock(name)),
  }
}
