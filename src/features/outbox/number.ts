// Numbers the events of each row, when they get their places: the order in which the row was locked to emit them.
import type { House } from '../../call/house.ts'
import type { Stored } from '../../define/field.ts'
import type { Dialect, Session } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { Draft, type Prepared, Shapes } from '../../store/sql.ts'
import { eventCounts } from './nouns.ts'
import type { Fill, Placed } from './sequence.ts'

/** Counts each row's events on. The counts outlive the events, so that no number comes twice. */
export function numbering({ engine, id, clock }: Pick<House, 'engine' | 'id' | 'clock'>): Fill {
  const shapes = new Shapes<Prepared<readonly Count[]>>(ROWS_PER_STATEMENT)
  return {
    reads: ['noun', 'row'],
    fields: ['number'],
    async values(batch, { session }) {
      const now = clock.now().toISOString()
      const counts = countsOf(batch, () => ({ id: id(), now }))
      const last = new Map<string, number>()
      for (let at = 0; at < counts.length; at += ROWS_PER_STATEMENT) {
        const part = counts.slice(at, at + ROWS_PER_STATEMENT)
        const made = shapes.get(String(part.length), () => addCounts(engine.dialect, part.length))
        await note(session, made, part, last)
      }
      return batch.map(({ values: [noun, row] }) => {
        const key = keyOf(noun, row)
        const number = (last.get(key) ?? 0) + 1
        last.set(key, number)
        return [number]
      })
    },
  }
}

interface Count {
  readonly id: string
  readonly now: string
  readonly noun: string
  readonly row: string
  more: number
}

const ROWS_PER_STATEMENT = 100

const keyOf = (noun: Stored | undefined, row: Stored | undefined): string => `${String(noun)} ${String(row)}`

function countsOf(batch: readonly Placed[], fresh: () => Pick<Count, 'id' | 'now'>): Count[] {
  const counts = new Map<string, Count>()
  for (const { values } of batch) {
    const [noun, row] = values.map(String)
    const key = keyOf(noun, row)
    const count = counts.get(key) ?? { ...fresh(), noun: noun ?? '', row: row ?? '', more: 0 }
    count.more++
    counts.set(key, count)
  }
  return [...counts.values()]
}

/** Adds to the counts, and notes what each row's last number was before. */
async function note(
  session: Session,
  made: Prepared<readonly Count[]>,
  counts: readonly Count[],
  last: Map<string, number>,
): Promise<void> {
  const more = new Map(counts.map((count) => [keyOf(count.noun, count.row), count.more]))
  for (const [noun, row, number] of await session.all(made.statement, made.values(counts))) {
    const key = keyOf(noun, row)
    last.set(key, Number(number) - (more.get(key) ?? 0))
  }
}

function addCounts(dialect: Dialect, count: number): Prepared<readonly Count[]> {
  const draft = new Draft<readonly Count[]>(dialect)
  const tuples = Array.from({ length: count }, (_, at) => {
    const id = draft.slot('uuid', (counts) => counts[at]?.id ?? null)
    const noun = draft.slot('text', (counts) => counts[at]?.noun ?? null)
    const row = draft.slot('text', (counts) => counts[at]?.row ?? null)
    const more = draft.slot('int', (counts) => counts[at]?.more ?? null)
    const now = draft.slot('instant', (counts) => counts[at]?.now ?? null)
    return `(${id}, ${noun}, ${row}, ${more}, ${now}, ${now}, 1)`
  })
  const text =
    `insert into ${quote(eventCounts.name)} as t ` +
    `("id", "noun", "row", "number", "created_at", "updated_at", "version") values ${tuples.join(', ')} ` +
    `on conflict ("noun", "row") do update set "number" = t."number" + excluded."number", ` +
    `"updated_at" = excluded."updated_at" returning "noun", "row", "number"`
  return draft.finish(text, ['text', 'text', 'int'])
}
