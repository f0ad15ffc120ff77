// Faults that the checkers must see, where the engine itself leaves clients no way to see one.
import type { Stored } from '../../src/define/field.ts'
import type { Engine, Rows, Statement } from '../../src/store/contract.ts'
import { withFault } from '../faults/engine_fault.ts'

/**
 * A cache of rows that nobody tells of other calls' writes: every second select of lists in a transaction, and of
 * registers outside one, is answered as it was the time before. One writer cannot read what another is about to change;
 * a cache before it can.
 */
export function staleCache(engine: Engine): Engine {
  const kept = new Map<string, Rows>()
  const count = { asked: 0 }
  const answer = async (statement: Statement, values: readonly Stored[], ask: () => Rows | Promise<Rows>) => {
    const name = JSON.stringify([statement.text, values.map(String)])
    const old = kept.get(name)
    const rows = await ask()
    kept.set(name, rows)
    return old !== undefined && ++count.asked % 2 === 0 ? old : rows
  }
  return {
    ...withFault(engine, (tx) => ({
      all: (statement, values, as) =>
        /^select .* from "lists"/.test(statement.text)
          ? answer(statement, values, () => tx.all(statement, values, as))
          : tx.all(statement, values, as),
    })),
    query: (statement, values, as) =>
      statement.text.includes('from "registers"')
        ? answer(statement, values, () => engine.query(statement, values, as))
        : engine.query(statement, values, as),
  }
}
