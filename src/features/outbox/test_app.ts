// An app whose handlers count what they are told, in versions: a house of each over one database.
import { type Clock, ownedClock, type OwnedClock } from '../../base/clock.ts'
import { createLog } from '../../base/log.ts'
import { systemRandom } from '../../base/random.ts'
import { createKeyring } from '../../base/seal.ts'
import { noOne } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import type { House, Services } from '../../call/house.ts'
import { transact } from '../../call/transact.ts'
import { app, event, handle, type Handler, type Id, integer, resource, text, type Tx } from '../../define/index.ts'
import { featuresOf, modelOf } from '../../server/features.ts'
import { openHouse } from '../../server/house.ts'
import type { Engine } from '../../store/contract.ts'
import type { ModelScene } from '../../store/suite/test_model.ts'
import { settle } from '../../testing/settle.ts'

export const posts = resource('posts', { fields: { title: text({ max: 80 }) }, allow: {} })
/** What a handler did: one row each time. */
export const notes = resource('notes', { fields: { by: text(), post: text(), n: integer() }, allow: {} })

export const posted = event('posts.posted', { of: posts, fields: { n: integer() } })
export const liked = event('posts.liked', { of: posts })

/** A handler that notes what it is told; `fails` may throw once that is written. */
export const noting = (name: string, fails: (n: number) => void = () => {}): Handler =>
  handle(posted, name, async ({ event: { of, data }, tx }) => {
    await tx.create(notes, { by: name, post: of, n: data.n })
    fails(data.n)
  })

export type PostId = Id<'posts'>

/** One version of the app at work. */
export interface Version {
  readonly house: House
  readonly clock: OwnedClock
  /** The lines of its log. */
  readonly lines: readonly string[]
  readonly emit: (of: PostId, n: number) => Promise<void>
  readonly make: () => Promise<PostId>
  readonly inTx: <T>(run: (tx: Tx) => Promise<T>) => Promise<T>
  /** Does what is due until nothing is. */
  readonly settle: () => Promise<void>
  /** What the handlers noted, by handler: the numbers in the order they were told. */
  readonly noted: (by: string, of?: PostId) => Promise<number[]>
}

/** The tables of every version. */
export const anyVersion = modelOf(app('test', { posts, notes, posted, liked }))

/** Starts a version of the app with these parts besides its nouns. */
export async function versionOf({ engine }: Pick<ModelScene, 'engine'>, parts: object): Promise<Version> {
  const clock = ownedClock('2026-03-01T12:00:00.000Z')
  const lines: string[] = []
  const house = await openVersion(engine, parts, { clock, services: {}, write: (line) => void lines.push(line) })
  const inTx: Version['inTx'] = (run) => inTransaction(house, run)
  return {
    house,
    clock,
    lines,
    inTx,
    emit: (of, n) => inTx((tx) => tx.emit(posted, of, { n })),
    make: async () => (await inTx((tx) => tx.create(posts, { title: 'A post' }))).id,
    settle: () => settle(house),
    noted: async (by, of) => {
      const found = await inTx((tx) => tx.find(notes, of === undefined ? { by } : { by, post: of }, { limit: 1_000 }))
      return found.map(({ n }) => n)
    },
  }
}

/** Code in a transaction of its own. */
export const inTransaction = <T>(house: House, run: (tx: Tx) => Promise<T>): Promise<T> =>
  transact(house, { operation: 'test', caller: noOne, origin: fromInside }, { isolation: 'locked' }, run)

interface Around {
  readonly clock: Clock
  readonly services: Services
  readonly name?: string
  /** Takes the lines of the log. */
  readonly write?: (line: string) => void
}

/** The house of an app with these parts besides its nouns. */
export async function openVersion(engine: Engine, parts: object, around: Around): Promise<House> {
  const { clock, services, name = 'test', write = () => {} } = around
  const random = systemRandom // versions beside each other make other ids
  const log = createLog({ level: 'warn', write, name })
  const keys = createKeyring('x'.repeat(32), [], random)
  const model = modelOf(app(name, { posts, notes, ...parts }))
  const { house } = openHouse({ model, engine, clock, random, keys, log, services })
  for (const { prepare } of featuresOf(house.model.app)) await prepare?.(house)
  return house
}
