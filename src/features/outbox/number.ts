// Numbers the events of each row, when they get their places: the order in which the row was locked to emit them.
import type { Stored } from '../../define/field.ts'
import type { Dialect, Session } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { Draft, type Prepared, Shapes } from '../../store/sql.ts'
import { events } from './nouns.ts'
import type { Fill, Placed } from './sequence.ts'

/** Counts each row's events on. */
export const numbering = (dialect: Dialect): Fill => {
  const shapes = new Shapes<Prepared<readonly Pair[]>>(PAIRS_PER_STATEMENT)
  return {
    reads: ['noun', 'row'],
    fields: ['number'],
    async values(batch, { session }) {
      const last = await lastNumbers(session, batch, (count) =>
        shapes.get(String(count), () => lastStatement(dialect, count)),
      )
      return batch.map(({ values: [noun, row] }) => {
        const key = keyOf(noun, row)
        const number = (last.get(key) ?? 0) + 1
        last.set(key, number)
        return [number]
      })
    },
  }
}

type Pair = readonly [noun: string, row: string]

const PAIRS_PER_STATEMENT = 100

const keyOf = (noun: Stored | undefined, row: Stored | undefined): string => `${String(noun)} ${String(row)}`

async function lastNumbers(
  session: Session,
  batch: readonly Placed[],
  statement: (count: number) => Prepared<readonly Pair[]>,
): Promise<Map<string, number>> {
  const pairs = new Map(
    batch.map(({ values: [noun, row] }): [string, Pair] => [keyOf(noun, row), [String(noun), String(row)]]),
  )
  const all = [...pairs.values()]
  const last = new Map<string, number>()
  for (let at = 0; at < all.length; at += PAIRS_PER_STATEMENT) {
    const part = all.slice(at, at + PAIRS_PER_STATEMENT)
    const made = statement(part.length)
    for (const [noun, row, number] of await session.all(made.statement, made.values(part))) {
      last.set(keyOf(noun, row), Number(number))
    }
  }
  return last
}

function lastStatement(dialect: Dialect, count: number): Prepared<readonly Pair[]> {
  const draft = new Draft<readonly Pair[]>(dialect)
  const tuples = Array.from({ length: count }, (_, at) => {
    const noun = draft.slot('text', (pairs) => pairs[at]?.[0] ?? '')
    return `(${noun}, ${draft.slot('text', (pairs) => pairs[at]?.[1] ?? '')})`
  })
  const text =
    `select v.column1, v.column2, coalesce((select max(t."number") from ${quote(events.name)} as t ` +
    `where t."noun" = v.column1 and t."row" = v.column2), 0) from (values ${tuples.join(', ')}) as v`
  return draft.finish(text, ['text', 'text', 'int'])
}
