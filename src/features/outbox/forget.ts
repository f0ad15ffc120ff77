// Forgets events that everybody has been given and that are old enough; the counts of their rows stay.
import { eventLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import type { Dialect } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { Draft, type Prepared } from '../../store/sql.ts'
import { lastPlace } from './cursor.ts'
import { events, relays } from './nouns.ts'

/**
 * Deletes one batch of old events, and answers how many those were. What a relay has not been given yet is kept however
 * old it is, unless no process has known that relay for as long: its handler was deleted, or its broker switched off.
 */
export async function forget(house: House): Promise<number> {
  const made = statementFor(house.engine.dialect)
  const before = new Date(house.clock.ms() - eventLimits.keepMs).toISOString()
  const rows = await write(house, { name: 'forget events', isolation: 'locked' }, async ({ session }) =>
    session.all(made.statement, made.values(before)),
  )
  return rows.length
}

const statements = new WeakMap<Dialect, Prepared<string>>()

function statementFor(dialect: Dialect): Prepared<string> {
  const found = statements.get(dialect)
  if (found !== undefined) return found
  const draft = new Draft<string>(dialect)
  const table = quote(events.name)
  const before = draft.slot('instant', (time) => time)
  const known = `from ${quote(relays.name)} where "updated_at" >= ${before}`
  const given = `(select coalesce(min("position"), ${lastPlace}) ${known})`
  const old =
    `select "id" from ${table} where "at" < ${before} and "position" <= ${given} ` +
    `order by "at" limit ${eventLimits.forgottenAtOnce}`
  const statement = draft.finish(`delete from ${table} where "id" in (${old}) returning "id"`, ['uuid'])
  statements.set(dialect, statement)
  return statement
}
