// A served app with rows of everybody's, the people who ask, and a way to see whether anything in it was changed.
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { valuesOf } from '../../src/call/draft.ts'
import { transact } from '../../src/call/transact.ts'
import type { App } from '../../src/define/app.ts'
import type { Model } from '../../src/define/model.ts'
import type { Tx } from '../../src/define/tx.ts'
import { signToken } from '../../src/features/auth/index.ts'
import type { Engine } from '../../src/store/contract.ts'
import { quote, selectList } from '../../src/store/layout.ts'
import type { RowStore, Whole } from '../../src/store/row_store.ts'
import { type Ask, openSurface, type Said, serveOn, type Surface } from '../surface/test_server.ts'
import type { Person, Row, World } from './oracle.ts'

export type EngineName = 'sqlite' | 'postgres'

/** An app with its first rows and those who will ask for them. */
export interface Subject {
  readonly app: App
  readonly people: readonly Person[]
  /** Puts the rows in, as server code. */
  readonly seed: (tx: Tx) => Promise<void>
}

export interface Asking {
  readonly person: Person
  readonly ask: Omit<Ask, 'as'>
}

export interface Scene {
  readonly model: Model
  readonly people: readonly Person[]
  readonly world: World
  readonly surface: Surface
  send(asking: Asking): Promise<Said>
  /** Everything the tables hold, as one text; what records refusals is left out, for it must change. */
  stored(): Promise<string>
  /** Puts every row back as it was. */
  restore(): Promise<void>
  /** Takes away what was recorded of the rows, so that one may be made again under its id. */
  forget(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Why there is none. */
export interface NoScene {
  readonly skip: string
  [Symbol.asyncDispose](): Promise<void>
}

/** The record of what was asked grows with every refusal; that is what it is for. */
const records = new Set(['plinth_audit_waiting', 'plinth_audit', 'plinth_audit_checkpoints', 'plinth_answers'])

/** Opens the app and fills it, on an engine of its own or a given one. `over` seeds a fault into its own engine. */
export async function openScene(
  { app, people, seed }: Subject,
  engine: EngineName,
  over?: (engine: Engine) => Engine,
  given?: Engine,
): Promise<Scene | NoScene> {
  const surface =
    given === undefined ? await openSurface(app, engine, over) : await serveOn(app, { name: engine, engine: given })
  if ('skip' in surface) return { ...surface, [Symbol.asyncDispose]: async () => {} }
  const { house } = surface.server.house
  const deed = { operation: 'seed', caller: noOne, origin: fromInside }
  await transact(house, deed, { isolation: 'locked' }, seed)
  const stores = [...house.stores.values()]
  const first = await readAll(surface, stores)
  return {
    model: house.model,
    people,
    world: worldOf(surface, stores, first),
    surface,
    send: (asking) => surface.ask(askOf(surface, asking)),
    stored: async () => JSON.stringify(await readAll(surface, kept(stores))),
    restore: () => restore(house.engine, kept(stores), first),
    forget: () => surface.server.house.house.engine.script(['delete from "plinth_audit_waiting"']),
    [Symbol.asyncDispose]: () => surface.close(),
  }
}

const kept = (stores: readonly RowStore[]): RowStore[] => stores.filter(({ noun }) => !records.has(noun.name))

function askOf({ server }: Surface, { person, ask }: Asking): Ask {
  if (person.id === null) return ask
  const { id: sub, byHeader, tenant } = person
  const exp = Date.parse('2100-01-01T00:00:00Z') / 1000
  const claims = { sub, profile: false, exp }
  if (byHeader !== true) return { ...ask, as: signToken(server.keys, { ...claims, roles: person.roles, tenant }) }
  const roles = person.roles.filter((name) => !name.startsWith('member:'))
  const headers = { 'plinth-tenant': tenant ?? '', ...ask.headers }
  return { ...ask, headers, as: signToken(server.keys, { ...claims, roles, tenant: null }) }
}

type Wholes = Readonly<Record<string, readonly Whole[]>>

async function readAll({ server }: Surface, stores: readonly RowStore[]): Promise<Wholes> {
  const { engine } = server.house.house
  const all = await Promise.all(
    stores.map(async (rows) => {
      const { layout } = rows
      const text = `select ${selectList(layout, engine.dialect, 't')} from ${quote(layout.table)} as t order by t."id"`
      const found = await engine.query({ text, reads: layout.reads }, [])
      const session = { all: engine.query.bind(engine) }
      return [rows.noun.name, await rows.wholes(session, found)] as const
    }),
  )
  return Object.fromEntries(all)
}

function worldOf({ server }: Surface, stores: readonly RowStore[], wholes: Wholes): World {
  const { sealing } = server.house.house
  return new Map(
    stores.map((rows) => {
      const values = (wholes[rows.noun.name] ?? []).map((whole) => valuesOf(sealing, rows, whole))
      return [rows.noun.name, values as unknown as Row[]] // every row has an id
    }),
  )
}

async function restore(engine: Engine, stores: readonly RowStore[], first: Wholes): Promise<void> {
  const own = inOrder(stores)
  await engine.write({ name: 'restore', isolation: 'locked' }, async (tx) => {
    const run = async (text: string): Promise<unknown> => tx.all({ text, reads: [] }, [])
    for (const { noun, layout } of own.toReversed()) {
      for (const { column, field } of noun.fields)
        if (field.to === noun.name) await run(`update ${quote(layout.table)} set ${quote(column!)} = null`)
      await run(`delete from ${quote(layout.table)}`)
    }
    for (const rows of own) {
      const wholes = first[rows.noun.name] ?? []
      if (wholes.length > 0) await rows.insert(tx, wholes)
    }
  })
}

/** Each after those it refers to. */
function inOrder(stores: readonly RowStore[]): RowStore[] {
  const done: RowStore[] = []
  const place = (rows: RowStore): void => {
    if (done.includes(rows)) return
    const { fields, items, name } = rows.noun
    const to = [...fields, ...items.flatMap((one) => one.fields)].map(({ field }) => field.to)
    for (const other of stores) if (other.noun.name !== name && to.includes(other.noun.name)) place(other)
    done.push(rows)
  }
  for (const rows of stores) place(rows)
  return done
}
