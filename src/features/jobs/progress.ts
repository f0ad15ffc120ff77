// How far a job says it is: kept with it, over its tries.
import type { House } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import { quote } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { LeaseLost } from './finish.ts'
import { layoutOf } from './row.ts'
import type { Lent } from './statements.ts'

/** Notes it. Fails with TypeError for numbers that are none, with LeaseLost where another worker has the job. */
export async function noteProgress(house: House, lent: Lent, done: number, of: number): Promise<void> {
  if (!(Number.isSafeInteger(done) && Number.isSafeInteger(of) && done >= 0 && of >= done)) {
    throw new TypeError(`progress: ${done} of ${of}; say whole numbers, as many done as there are at most`)
  }
  const draft = new Draft<Lent>(house.engine.dialect)
  const text =
    `update ${quote(layoutOf(house).table)} set "progress_done" = ${draft.slot('int', () => done)}, ` +
    `"progress_of" = ${draft.slot('int', () => of)}, "version" = "version" + 1 ` +
    `where "id" = ${draft.slot('uuid', ({ id }) => id)} and "fence" = ${draft.slot('int', ({ fence }) => fence)} ` +
    `and "state" = 'running' returning "id"`
  const made = draft.finish(text, ['uuid'])
  const rows = await write(house, { name: 'jobs progress', isolation: 'locked' }, async ({ session }) =>
    session.all(made.statement, made.values(lent)),
  )
  if (rows.length === 0) throw new LeaseLost(lent.id)
}
