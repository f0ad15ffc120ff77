// How far behind the outbox is: what has no place yet, and what each relay has not been given.
import type { House } from '../../call/house.ts'
import type { Stored } from '../../define/field.ts'
import type { Session } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { lastPlace } from './cursor.ts'
import { events, relays } from './nouns.ts'

export interface Lag {
  /** The last place that was given. */
  readonly last: number
  /** Committed events without a place. More than a second's worth, and the sequence stands still. */
  readonly unplaced: Behind
  /** Handlers and brokers by name: what they have not been given yet. */
  readonly relays: readonly (Behind & { readonly name: string; readonly position: number })[]
}

export interface Behind {
  readonly count: number
  /** Since the oldest of them was emitted; 0 where there is none. */
  readonly oldestMs: number
}

/** Reads the figures, in one snapshot. */
export async function lag({ engine, clock }: House): Promise<Lag> {
  const now = clock.ms()
  return engine.snapshot(async (session) => {
    const table = quote(events.name)
    const at = engine.dialect.read('min("at")', 'instant')
    const text = `select ${lastPlace}, count(*), ${at} from ${table} where "position" is null`
    const [head = []] = await session.all({ text, reads: ['int', 'int', 'instant'] }, [])
    const last = Number(head[0])
    const cursors = `select "name", "position" from ${quote(relays.name)} order by "name"`
    const found = await session.all({ text: cursors, reads: ['text', 'int'] }, [])
    const list: Lag['relays'][number][] = []
    for (const [name, position] of found) {
      const oldest = await oldestAfter(session, { engine }, Number(position))
      list.push({ name: String(name), position: Number(position), ...behind(now, last - Number(position), oldest) })
    }
    return { last, unplaced: behind(now, Number(head[1]), head[2]), relays: list }
  })
}

const behind = (now: number, count: number, oldest: Stored | undefined): Behind => ({
  count,
  oldestMs: typeof oldest === 'string' ? Math.max(0, now - Date.parse(oldest)) : 0,
})

async function oldestAfter(
  session: Session,
  { engine }: Pick<House, 'engine'>,
  position: number,
): Promise<Stored | undefined> {
  const draft = new Draft<number>(engine.dialect)
  const text =
    `select ${engine.dialect.read('"at"', 'instant')} from ${quote(events.name)} ` +
    `where "position" > ${draft.slot('int', (after) => after)} order by "position" limit 1`
  const made = draft.finish(text, ['instant'])
  return (await session.all(made.statement, made.values(position)))[0]?.[0]
}
