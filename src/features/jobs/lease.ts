// Leases: a worker says now and then that it lives; one that has not for too long has lost its jobs to the others.
import { type House, storeOf } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import type { Session } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { Draft, type Prepared } from '../../store/sql.ts'
import { channels } from './channels.ts'
import { giveBack, setAside } from './finish.ts'
import { workers } from './nouns.ts'
import { layoutOf } from './row.ts'

interface Beat {
  readonly id: string
  readonly leaseMs: number
  readonly now: string
}

/** Says that the worker lives; answers false when nobody thought so, and its jobs are others' by now. */
export async function beat(house: House, id: string, leaseMs: number): Promise<boolean> {
  const made = statement(house)
  const values = made.values({ id, leaseMs, now: house.clock.now().toISOString() })
  const options = { name: 'jobs heartbeat', isolation: 'locked' } as const
  const [row] = await write(house, options, async ({ session }) => session.all(made.statement, values))
  return Number(row?.[0]) > 1
}

// Time is the database's, one for all: a worker whose own clock jumps neither loses jobs nor takes them.
function statement(house: House): Prepared<Beat> {
  const { dialect } = house.engine
  const draft = new Draft<Beat>(dialect)
  const id = draft.slot('uuid', (input) => input.id)
  const until = `${dialect.now} + ${draft.slot('int', ({ leaseMs }) => leaseMs)}`
  const now = (): string => draft.slot('instant', (input) => input.now)
  const text =
    `insert into ${quote(storeOf(house, workers.name).layout.table)} as t ` +
    `("id", "until", "created_at", "updated_at", "version") values (${id}, ${until}, ${now()}, ${now()}, 1) ` +
    `on conflict ("id") do update set "until" = excluded."until", "updated_at" = excluded."updated_at", ` +
    `"version" = t."version" + 1 returning "version"`
  return draft.finish(text, ['int'])
}

/** Says that the worker is gone; a job that it still has, because its end could not be written down, is freed. */
export async function leave(house: House, id: string): Promise<void> {
  await write(house, { name: 'jobs leave', isolation: 'locked' }, async ({ session, channels: woken }) => {
    if ((await freeJobs(house, session, id)) > 0) woken.add(channels.jobs)
    await forget(house, session, id)
  })
}

async function forget(house: House, session: Session, id: string): Promise<void> {
  const draft = new Draft<string>(house.engine.dialect)
  const table = quote(storeOf(house, workers.name).layout.table)
  const made = draft.finish(`delete from ${table} where "id" = ${draft.slot('uuid', (given) => given)}`, [])
  await session.all(made.statement, made.values(id))
}

/** Workers whose jobs one transaction frees. */
const perTurn = 10

/**
 * Frees the jobs of workers that have not shown for their lease, and answers how many workers those were. `aheadMs`
 * looks so far ahead: where one process owns the database, every other worker is gone, whatever its lease says.
 */
export async function rescue(house: House, self: string, aheadMs = 0): Promise<number> {
  return write(house, { name: 'jobs rescue', isolation: 'locked' }, async ({ session, channels: woken }) => {
    const gone = await lostWorkers(house, session, self, aheadMs)
    for (const id of gone) {
      await freeJobs(house, session, id)
      await forget(house, session, id)
    }
    if (gone.length > 0) woken.add(channels.jobs)
    return gone.length
  })
}

async function lostWorkers(house: House, session: Session, self: string, aheadMs: number): Promise<string[]> {
  const { dialect } = house.engine
  const draft = new Draft<{ readonly self: string; readonly aheadMs: number }>(dialect)
  const text =
    `select "id" from ${quote(storeOf(house, workers.name).layout.table)} ` +
    `where "until" < ${dialect.now} + ${draft.slot('int', (input) => input.aheadMs)} ` +
    `and "id" <> ${draft.slot('uuid', (input) => input.self)} order by "id" limit ${perTurn} ${dialect.skipLocked}`
  const made = draft.finish(text, ['uuid'])
  return (await session.all(made.statement, made.values({ self, aheadMs }))).map(([id]) => String(id))
}

async function freeJobs(house: House, session: Session, worker: string): Promise<number> {
  const draft = new Draft<string>(house.engine.dialect)
  const text =
    `select "id", "fence", "attempt", "attempts", "due_at", "cancelling" from ${quote(layoutOf(house).table)} ` +
    `where "worker" = ${draft.slot('text', (given) => given)} and "state" = 'running' ${house.engine.dialect.forUpdate}`
  const made = draft.finish(text, ['uuid', 'int', 'int', 'int', 'instant', 'bool'])
  const now = house.clock.now().toISOString()
  const rows = await session.all(made.statement, made.values(worker))
  for (const row of rows) {
    const [id, fence, attempt, attempts, dueAt, isCancelling] = row
    const lent = { id: String(id), fence: Number(fence) }
    const error = 'The worker that had it was lost.'
    if (isCancelling === true) await setAside(house, session, lent, 'cancelled', error)
    else if (Number(attempt) >= Number(attempts)) await setAside(house, session, lent, 'dead', error)
    else await giveBack(house, session, { ...lent, state: 'ready', error, dueAt: String(dueAt), now, off: 0 })
  }
  return rows.length
}
