// Hands a range of events to a handler once more: after a mistake in it, or to one that came later.
import { eventLimits } from '../../base/limits.ts'
import { system } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import type { House } from '../../call/house.ts'
import { workOf } from '../../call/transact.ts'
import { write } from '../../call/write.ts'
import type { Handler } from '../../define/event.ts'
import type { Dialect } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { Draft, type Prepared } from '../../store/sql.ts'
import { enqueueAll } from '../jobs/index.ts'
import { lastPlace } from './cursor.ts'
import { eventsIn, type Kept, type Range } from './kept.ts'
import { events } from './nouns.ts'
import { delivery } from './relay.ts'

/** A place, or a time at which events were emitted; both ends are in the range. */
export interface Replayed {
  readonly from: number | Date
  readonly to: number | Date
  /** The handlers of that name, whatever event they listen to. */
  readonly handler: string
}

export interface Replay {
  /** Events handed on again. */
  readonly events: number
  /** Places of the range that are not kept any more. */
  readonly forgotten: number
  /** The last place that was looked at: a replay that was cut short goes on after it. */
  readonly last: number
}

/**
 * Promises the jobs for a range once more, some at a time, each time in one transaction; `progress` hears of each. The
 * handler runs again for events that it has handled before. Fails with TypeError for a handler that the app has not.
 */
export async function replay(
  house: House,
  replayed: Replayed,
  progress: (soFar: Replay) => void = () => {},
): Promise<Replay> {
  const handlers = house.model.handlers.filter(({ name }) => name === replayed.handler)
  if (handlers.length === 0) throw new TypeError(`the app has no handler "${replayed.handler}"; ${known(house)}`)
  const { from, to, forgotten } = await rangeOf(house, replayed)
  const state: Replay = { events: 0, forgotten, last: from - 1 }
  return handOnAll(house, { from, to }, { handlers, replayed, progress }, state)
}

const known = ({ model }: House): string =>
  model.handlers.length === 0
    ? 'it has none'
    : `it has ${[...new Set(model.handlers.map(({ name }) => name))].toSorted().join(', ')}`

interface Plan {
  readonly handlers: readonly Handler[]
  readonly replayed: Replayed
  readonly progress: (soFar: Replay) => void
}

async function handOnAll(house: House, { from, to }: Range, plan: Plan, begun: Replay): Promise<Replay> {
  let done = begun
  for (let at = from; at <= to; at += eventLimits.relayedAtOnce) {
    const part = { from: at, to: Math.min(at + eventLimits.relayedAtOnce - 1, to) }
    done = { ...done, events: done.events + (await handOn(house, part, plan)), last: part.to }
    plan.progress(done)
  }
  return done
}

async function handOn(house: House, part: Range, { handlers, replayed }: Plan): Promise<number> {
  return write(house, { name: 'replay events', isolation: 'locked' }, async (open) => {
    const found = await eventsIn(open.session, house.engine.dialect, part, eventLimits.relayedAtOnce)
    const asked = found
      .filter((event) => isIn(replayed, event))
      .flatMap((event) =>
        handlers.filter((handler) => handler.event.name === event.name).map((handler) => delivery(event, handler)),
      )
    const work = workOf(house, open, { operation: 'replay of events', caller: system(null), origin: fromInside })
    if (asked.length > 0) await enqueueAll(work, asked)
    return asked.length
  })
}

// Places follow commits and times do not quite, so what lies between two places may lie outside of two times.
const isIn = ({ from, to }: Replayed, { at }: Kept): boolean =>
  !(from instanceof Date && at < from) && !(to instanceof Date && at > to)

async function rangeOf(house: House, { from, to }: Replayed): Promise<Range & { readonly forgotten: number }> {
  const made = edges(house.engine.dialect)
  const time = (edge: number | Date): string | null => (edge instanceof Date ? edge.toISOString() : null)
  const rows = await house.engine.query(made.statement, made.values({ from: time(from), to: time(to) }))
  const [last = 0, first, earliest, latest] = (rows[0] ?? []).map(Number)
  const begin = from instanceof Date ? earliest || last + 1 : Math.max(1, from)
  const end = to instanceof Date ? (latest ?? 0) : Math.min(to, last)
  return { from: begin, to: end, forgotten: Math.max(0, Math.min(first || last + 1, end + 1) - begin) }
}

interface Times {
  readonly from: string | null
  readonly to: string | null
}

const statements = new WeakMap<Dialect, Prepared<Times>>()

/** The last place given, the first one kept, and those of the times; 0 where there is none. */
function edges(dialect: Dialect): Prepared<Times> {
  const found = statements.get(dialect)
  if (found !== undefined) return found
  const draft = new Draft<Times>(dialect)
  const place = (which: 'min' | 'max', where: string): string =>
    `coalesce((select ${which}("position") from ${quote(events.name)} where ${where}), 0)`
  const places = [
    place('min', '"position" is not null'),
    place('min', `"at" >= ${draft.slot('instant', (times) => times.from)}`),
    place('max', `"at" <= ${draft.slot('instant', (times) => times.to)}`),
  ]
  const text = `select ${lastPlace}, ${places.join(', ')}`
  const statement = draft.finish(text, ['int', 'int', 'int', 'int'])
  statements.set(dialect, statement)
  return statement
}
