// A small app with one noun and two events, its house on both engines, and short ways to what is in its outbox.
import { integer, resource, text } from '../../define/index.ts'
import { event } from '../../define/event.ts'
import { app } from '../../define/app.ts'
import { join } from '../../define/model.ts'
import type { Id } from '../../define/infer.ts'
import type { House } from '../../call/house.ts'
import { noOne } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import { houseOf } from '../../call/test_house.ts'
import { transact } from '../../call/transact.ts'
import type { Tx } from '../../define/tx.ts'
import type { Rows } from '../../store/contract.ts'
import type { ModelScene } from '../../store/suite/test_model.ts'
import { emit } from './emit.ts'
import * as nouns from './nouns.ts'

export const posts = resource('posts', { fields: { title: text({ max: 80 }) }, allow: {} })
export const posted = event('posts.posted', { of: posts, fields: { n: integer() } })
export const liked = event('posts.liked', { of: posts })

export const model = join(app('test', { posts, posted, liked }), nouns)

export type PostId = Id<'posts'>

/** A house whose `tx.emit` is that of the outbox. */
export function houseWithOutbox(scene: ModelScene): House {
  const house = houseOf(scene)
  return { ...house, chain: { ...house.chain, emit } }
}

const deed = { operation: 'test', caller: noOne, origin: { ...fromInside, requestId: 'r-1' } }

/** Runs code over the verbs of one transaction. */
export const inTx = <T>(house: House, run: (tx: Tx) => Promise<T>): Promise<T> =>
  transact(house, deed, { isolation: 'locked' }, run)

/** Makes posts, in transactions of their own. */
export async function makePosts(house: House, count: number): Promise<PostId[]> {
  const made: PostId[] = []
  for (let n = 0; n < count; n++) made.push((await inTx(house, (tx) => tx.create(posts, { title: `Post ${n}` }))).id)
  return made
}

/** Position, number, row and data of every event: those in order, then those without a place. */
export async function kept({ engine }: House): Promise<Rows> {
  const text =
    'select "position", "number", "row", "data" from plinth_events order by "position" is null, "position", "id"'
  return engine.query({ text, reads: ['int', 'int', 'text', 'text'] }, [])
}

/** Their data alone, as the number that was told. */
export const told = async (house: House): Promise<number[]> =>
  (await kept(house)).map((row) => (JSON.parse(String(row[3])) as { n: number }).n) // written by these tests
