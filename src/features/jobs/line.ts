// Lines: jobs with the same `inOrder` key, of which only the earliest unfinished one may run.
import type { House } from '../../call/house.ts'
import type { Session } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { padded } from '../../store/row_store.ts'
import { Draft } from '../../store/sql.ts'
import { layoutOf } from './row.ts'

/** The same key in another tenant is another one: what one does holds up nobody else, and is not answered to them. */
export const keyWithin = (tenant: string | null, key: string): string => (tenant === null ? key : `@${tenant} ${key}`)

/** The same of a job's own columns. */
export const lineSql = `case when "tenant" is null then "in_order" else '@' || "tenant" || ' ' || "in_order" end`

/** The last turn that is taken in each line; a line that nobody waits in has none. */
export async function lastTurns(
  house: House,
  session: Session,
  lines: readonly string[],
): Promise<Map<string, number>> {
  const asked = [...new Set(lines)]
  if (asked.length === 0) return new Map()
  const draft = new Draft<readonly string[]>(house.engine.dialect)
  const slots = Array.from({ length: padded(asked.length) }, (_, at) => draft.slot('text', (all) => all[at] ?? null))
  const table = quote(layoutOf(house).table)
  const text = `select "line", max("turn") from ${table} where "line" in (${slots.join(', ')}) group by "line"`
  const made = draft.finish(text, ['text', 'int'])
  const rows = await session.all(made.statement, made.values(asked))
  return new Map(rows.map(([line, turn]) => [String(line), Number(turn)]))
}
