// Which of a worker's jobs were told to stop.
import type { House } from '../../call/house.ts'
import { quote } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { layoutOf } from './row.ts'

/** The ids of the jobs that this worker is to stop. */
export async function toBeCancelled(house: House, worker: string): Promise<string[]> {
  const draft = new Draft<string>(house.engine.dialect)
  const table = quote(layoutOf(house).table)
  const mine = `"worker" = ${draft.slot('text', (id) => id)}`
  const made = draft.finish(`select "id" from ${table} where ${mine} and "state" = 'running' and "cancelling"`, [
    'uuid',
  ])
  return (await house.engine.query(made.statement, made.values(worker))).map(([id]) => String(id))
}
