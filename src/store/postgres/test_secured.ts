// An app's tables in a database that keeps its rules: what the tests of row security work on.
import { Client } from 'pg'
import { postgresForTests } from '../../../test/postgres.ts'
import { action } from '../../define/action.ts'
import { app } from '../../define/app.ts'
import { choice, items, integer, ref, text } from '../../define/fields/index.ts'
import { join, type Model } from '../../define/model.ts'
import { all, exists, type Predicate } from '../../define/predicate.ts'
import { resource } from '../../define/resource.ts'
import { anyone, owner, role, signedIn } from '../../define/rule.ts'
import type { Stored } from '../../define/field.ts'
import type { Actor, Engine, RowVerb, Rows } from '../contract.ts'
import { applyDirectly } from '../migrate/index.ts'
import { wantedTables } from '../policies.ts'
import { openPostgres, type PostgresOptions } from './index.ts'

const staff = role('staff')

const people = resource('people', {
  fields: { name: text({ max: 40 }) },
  owner: 'id',
  allow: { read: [owner, staff] },
})

const clubs = resource('clubs', {
  fields: {
    name: text({ max: 40, ignoreCase: true, unique: true }),
    state: choice(['open', 'shut'], { default: 'open' }),
  },
  allow: {
    list: [({ row, me }): Predicate => exists(seats, (seat) => all(seat.club.is(row.id), seat.holder.is(me.id)))],
    create: [staff],
  },
  search: ['name'],
})

// Who sits in a club sees who else does: a policy that asked its own table would ask itself without end.
const seats = resource('seats', {
  fields: { club: ref('clubs'), holder: ref(people) },
  allow: {
    list: [({ row, me }): Predicate => exists(others, (other) => all(other.club.is(row.club), other.holder.is(me.id)))],
  },
})
const others: { readonly type: 'resource'; readonly name: 'seats'; readonly fields: (typeof seats)['fields'] } = seats

const notes = resource('notes', {
  fields: {
    author: ref(people, { readonly: true }),
    code: text({ max: 20, unique: true, ignoreCase: true }),
    title: text({ max: 80 }),
    rank: integer({ min: 0, max: 1_000_000, default: 0 }),
    lines: items({ what: text({ max: 40 }) }, { max: 9, default: [] }),
  },
  owner: 'author',
  allow: { list: [owner, staff], read: [owner, staff], create: [signedIn], update: [owner], delete: [owner] },
  sort: ['rank', 'code', 'createdAt'],
  search: ['title'],
})

const boards = resource('boards', {
  fields: { title: text({ max: 80 }) },
  allow: { list: [anyone], read: [anyone] },
  sort: ['title'],
  search: ['title'],
})

// Of a tenant: everybody who acts for the club sees them, and nobody else.
const sheets = resource('sheets', {
  fields: {
    club: ref(clubs, { readonly: true }),
    code: text({ max: 20, unique: true, ignoreCase: true }),
    title: text({ max: 80 }),
    rank: integer({ min: 0, max: 1_000_000, default: 0 }),
  },
  tenant: 'club',
  allow: { list: [signedIn], read: [signedIn] },
  sort: ['rank', 'createdAt'],
  search: ['title'],
})

// Nobody reads it: who knows a ticket's id may use it.
const tickets = resource('tickets', { fields: { used: integer({ min: 0, max: 1, default: 0 }) }, allow: {} })
const use = action(tickets, 'use', { allow: [anyone], output: 'nothing', run: async () => {} })

/** What the house keeps: no operation of it, so no caller has a way to it. */
const entries = resource('entries', { fields: { what: text({ max: 40 }) }, allow: {} })

export const securedModel: Model = join(
  app('secured', { people, clubs, seats, notes, boards, sheets, tickets, use, entries }),
)

export const idOf = (n: number): string => `01890000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
export const ann = idOf(0xa)
export const bob = idOf(0xb)

/** Somebody about to do something; to read, if nothing else is said. */
export const actor = (id: string | null, verb: RowVerb = 'read', roles: readonly string[] = []): Actor => ({
  id,
  tenant: null,
  roles,
  verb,
})

export interface Secured {
  readonly engine: Engine
  readonly url: string
  /** The names of the roles, which the driver of another session needs. */
  readonly roles: { readonly caller: string; readonly system: string }
  /** A bare session of the user who connected, closed with the rest. */
  readonly client: Client
  /** Another engine on the database, not under row security yet. */
  open(options?: Partial<PostgresOptions>): Promise<Engine>
  close(): Promise<void>
}

/** The tables of the model in a database of their own, with rows of Ann and Bob, under row security. */
export async function securedForTests(): Promise<Secured | { readonly skip: string }> {
  const database = await postgresForTests()
  if ('skip' in database) return database
  const { url } = database
  const engines: Engine[] = []
  const open = async (options: Partial<PostgresOptions> = {}): Promise<Engine> => {
    const engine = await openPostgres({ url, ...options })
    engines.push(engine)
    return engine
  }
  const engine = await open()
  await applyDirectly(engine, wantedTables(securedModel, engine.dialect, { rowSecurity: true }))
  await engine.script(rows)
  await engine.security?.enter()
  const client = new Client(url)
  await client.connect()
  const name = new URL(url).pathname.slice(1)
  return {
    engine,
    url,
    roles: { caller: `plinth_caller_${name}`, system: `plinth_system_${name}` },
    client,
    open,
    close: async () => {
      await client.end()
      await Promise.all(engines.map((one) => one.close()))
      await database.drop()
    },
  }
}

const stamp = `'2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'`
const rows = [
  ...[ann, bob].map((id) => `insert into people (id, name, created_at, updated_at) values ('${id}', 'One', ${stamp})`),
  ...[1, 2].map(
    (n) =>
      `insert into clubs (id, name, name_key, created_at, updated_at)
       values ('${idOf(n)}', 'C${n}', 'c${n}', ${stamp})`,
  ),
  ...[
    [11, 1, ann],
    [12, 1, bob],
    [13, 2, bob],
  ].map(
    ([n, club, holder]) =>
      `insert into seats (id, club, holder, created_at, updated_at)
       values ('${idOf(Number(n))}', '${idOf(Number(club))}', '${holder}', ${stamp})`,
  ),
  ...[ann, bob].flatMap((author, at) => [
    `insert into notes (id, author, code, code_key, title, created_at, updated_at)
     values ('${idOf(21 + at)}', '${author}', 'N${at}', 'n${at}', 'Fresh bread', ${stamp})`,
    `insert into notes__lines (id, parent, position, what) values ('${idOf(31 + at)}', '${idOf(21 + at)}', 0, 'first')`,
    `insert into notes__words (word, row) values ('bread', '${idOf(21 + at)}')`,
  ]),
  `insert into entries (id, what, created_at, updated_at) values ('${idOf(41)}', 'secret', ${stamp})`,
  `insert into tickets (id, created_at, updated_at) values ('${idOf(51)}', ${stamp})`,
]

/** The ids a query answers, by their last two digits. */
export async function idsOf(
  engine: Engine,
  text: string,
  as?: Actor,
  values: readonly Stored[] = [],
): Promise<string[]> {
  const found: Rows = await engine.query({ text, reads: ['uuid'] }, values, as)
  return found.map(([id]) => Number.parseInt(String(id).slice(-4), 16).toString()).toSorted()
}
