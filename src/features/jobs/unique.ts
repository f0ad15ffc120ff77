// Unique keys: which job has one while it waits or runs.
import type { House } from '../../call/house.ts'
import type { Session } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { padded } from '../../store/row_store.ts'
import { Draft } from '../../store/sql.ts'
import { keyWithin } from './line.ts'
import { layoutOf } from './row.ts'

/** What a job with a unique key holds until it ends. */
export const holdsOf = (name: string, unique: string | null, tenant: string | null): string | null =>
  unique === null ? null : `${name} ${keyWithin(tenant, unique)}`

/** What the job of one time of a schedule holds for as long as it is kept; no job's name begins so. */
export const tickOf = (schedule: string, ms: number): string => `@${schedule} ${new Date(ms).toISOString()}`

/** The ids of the jobs that hold these keys. */
export async function holders(house: House, session: Session, keys: readonly string[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map()
  const draft = new Draft<readonly string[]>(house.engine.dialect)
  const slots = Array.from({ length: padded(keys.length) }, (_, at) => draft.slot('text', (all) => all[at] ?? null))
  const text = `select "holds", "id" from ${quote(layoutOf(house).table)} where "holds" in (${slots.join(', ')})`
  const made = draft.finish(text, ['text', 'uuid'])
  const rows = await session.all(made.statement, made.values(keys))
  return new Map(rows.map(([key, id]) => [String(key), String(id)]))
}
