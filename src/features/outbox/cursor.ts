// How far each relay is: one row for every handler and every broker, moved by one process at a time.
import type { House } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import type { Dialect, Rows, Session } from '../../store/contract.ts'
import { quote } from '../../store/layout.ts'
import { Draft, type Prepared, Shapes } from '../../store/sql.ts'
import { events, relays, sequences } from './nouns.ts'

/** Makes the cursors that are not there yet, at the last place given: a new relay begins with the next event. */
export async function register(house: House, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const { register } = statementsOf(house.engine.dialect)
  const now = house.clock.now().toISOString()
  await write(house, { name: 'register relays', isolation: 'locked' }, async ({ session }) => {
    // In one order, so that two processes that start together wait for each other instead of both failing.
    for (const name of names.toSorted()) {
      await session.all(register.statement, register.values({ id: house.id(), name, now }))
    }
  })
}

/** A cursor, and the process that wants to move it. */
export interface Held {
  readonly name: string
  readonly holder: string
}

/** Takes the cursor, or keeps it, for so long; answers where it stands, and undefined while another process has it. */
export async function hold(house: House, held: Held, ms: number): Promise<number | undefined> {
  const { hold } = statementsOf(house.engine.dialect)
  const [row] = await alone(house, `hold ${held.name}`, hold, { ...held, ms })
  return row === undefined ? undefined : Number(row[0])
}

/** Moves the cursor; false when another process has taken it, which then decides where it stands. */
export async function advance(house: House, held: Held, position: number): Promise<boolean> {
  const { advance } = statementsOf(house.engine.dialect)
  return (await alone(house, `advance ${held.name}`, advance, { ...held, position })).length > 0
}

/** Lets the next process take it at once. */
export async function release(house: House, held: Held): Promise<void> {
  const { hold } = statementsOf(house.engine.dialect)
  await alone(house, `release ${held.name}`, hold, { ...held, ms: 0 })
}

async function alone<T>(house: House, name: string, made: Prepared<T>, input: T): Promise<Rows> {
  return write(house, { name, isolation: 'locked' }, async ({ session }) =>
    session.all(made.statement, made.values(input)),
  )
}

/** Where the relays of these names stand. */
export async function positionsOf(
  { engine }: House,
  session: Session,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const made = statementsOf(engine.dialect).positions(names.length)
  const rows = await session.all(made.statement, made.values({ names, position: 0 }))
  return new Map(rows.map(([name, position]) => [String(name), Number(position)]))
}

/** Is one of these relays behind the last place? Asked without a transaction, so that nothing is written meanwhile. */
export async function isBehind({ engine }: House, names: readonly string[]): Promise<boolean> {
  const made = statementsOf(engine.dialect).behind(names.length)
  return (await engine.query(made.statement, made.values({ names, position: 0 }))).length > 0
}

/** Moves the relays of these names up to the position; those that are further stay there. */
export async function moveAll({ engine }: House, session: Session, moved: Moved): Promise<void> {
  const made = statementsOf(engine.dialect).move(moved.names.length)
  await session.all(made.statement, made.values(moved))
}

interface Moved {
  readonly names: readonly string[]
  readonly position: number
}

interface Registered {
  readonly id: string
  readonly name: string
  readonly now: string
}

interface Statements {
  readonly register: Prepared<Registered>
  readonly hold: Prepared<Held & { readonly ms: number }>
  readonly advance: Prepared<Held & { readonly position: number }>
  readonly positions: (count: number) => Prepared<Moved>
  readonly behind: (count: number) => Prepared<Moved>
  readonly move: (count: number) => Prepared<Moved>
}

const statements = new WeakMap<Dialect, Statements>()

function statementsOf(dialect: Dialect): Statements {
  const found = statements.get(dialect)
  if (found !== undefined) return found
  const shapes = new Shapes<Prepared<Moved>>()
  const made: Statements = {
    register: registerCursor(dialect),
    hold: holdCursor(dialect),
    advance: advanceCursor(dialect),
    positions: (count) => shapes.get(`positions ${count}`, () => readPositions(dialect, count)),
    behind: (count) => shapes.get(`behind ${count}`, () => readBehind(dialect, count)),
    move: (count) => shapes.get(`move ${count}`, () => moveCursors(dialect, count)),
  }
  statements.set(dialect, made)
  return made
}

const TABLE = quote(relays.name)

/** The last place that was given to an event. */
export const lastPlace = `coalesce((select "last" from ${quote(sequences.name)} where "name" = '${events.name}'), 0)`

function registerCursor(dialect: Dialect): Prepared<Registered> {
  const draft = new Draft<Registered>(dialect)
  const id = draft.slot('uuid', (input) => input.id)
  const name = draft.slot('text', (input) => input.name)
  const now = draft.slot('instant', (input) => input.now)
  const text =
    `insert into ${TABLE} ("id", "name", "position", "until", "created_at", "updated_at", "version") ` +
    `values (${id}, ${name}, ${lastPlace}, 0, ${now}, ${now}, 1) ` +
    `on conflict ("name") do update set "updated_at" = excluded."updated_at"`
  return draft.finish(text, [])
}

function holdCursor(dialect: Dialect): Prepared<Held & { readonly ms: number }> {
  const draft = new Draft<Held & { readonly ms: number }>(dialect)
  const until = `${dialect.now} + ${draft.slot('int', ({ ms }) => ms)}`
  const holder = draft.slot('text', (input) => input.holder)
  const name = draft.slot('text', (input) => input.name)
  const text =
    `update ${TABLE} set "holder" = ${holder}, "until" = ${until} where "name" = ${name} and (` +
    `"holder" is null or "holder" = ${holder} or "until" < ${dialect.now}) returning "position"`
  return draft.finish(text, ['int'])
}

function advanceCursor(dialect: Dialect): Prepared<Held & { readonly position: number }> {
  const draft = new Draft<Held & { readonly position: number }>(dialect)
  const position = draft.slot('int', (input) => input.position)
  const name = draft.slot('text', (input) => input.name)
  const holder = draft.slot('text', (input) => input.holder)
  const text =
    `update ${TABLE} set "position" = ${position} ` +
    `where "name" = ${name} and "holder" = ${holder} and "position" <= ${position} returning "position"`
  return draft.finish(text, ['int'])
}

const listed = (draft: Draft<Moved>, count: number): string =>
  Array.from({ length: count }, (_, at) => draft.slot('text', ({ names }) => names[at] ?? null)).join(', ')

function readPositions(dialect: Dialect, count: number): Prepared<Moved> {
  const draft = new Draft<Moved>(dialect)
  return draft.finish(`select "name", "position" from ${TABLE} where "name" in (${listed(draft, count)})`, [
    'text',
    'int',
  ])
}

function readBehind(dialect: Dialect, count: number): Prepared<Moved> {
  const draft = new Draft<Moved>(dialect)
  const which = `"name" in (${listed(draft, count)}) and "position" < ${lastPlace}`
  return draft.finish(`select 1 from ${TABLE} where ${which} limit 1`, ['int'])
}

function moveCursors(dialect: Dialect, count: number): Prepared<Moved> {
  const draft = new Draft<Moved>(dialect)
  const position = draft.slot('int', (moved) => moved.position)
  const which = `"name" in (${listed(draft, count)})`
  const text = `update ${TABLE} set "position" = ${position} where "position" < ${position} and ${which}`
  return draft.finish(text, [])
}
