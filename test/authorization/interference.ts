// Asks two states that differ only in what the caller may not see, and holds the answers to each other byte by byte.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { transact } from '../../src/call/transact.ts'
import type { App } from '../../src/define/app.ts'
import type { Said } from '../surface/test_server.ts'
import bureau from './app.ts'
import type { Person } from './oracle.ts'
import { everybody } from './people.ts'
import { queries, type Query } from './queries.ts'
import { type Asking, type EngineName, openScene, type Scene } from './scene.ts'
import { fill, found, type State, type Twins, twins } from './twins.ts'

/** A seeded leak: the app as it is served by mistake, or a door that tells more than it is told. */
export interface Leak {
  readonly title: string
  readonly served?: App
  /** What is asked to see it; anything at all without it. */
  readonly queries?: fc.Arbitrary<Query[]>
  readonly answer?: (said: Said, scene: Scene, asking: Asking) => Said | Promise<Said>
}

interface Asked {
  readonly engine: EngineName
  /** Pairs of states. */
  readonly runs: number
  /** Questions of each pair. */
  readonly perRun: number
  readonly seed: number
  readonly leak?: Leak
}

/** Fails with the smallest pair and question whose answers differ. Answers why it could not ask, if it could not. */
export async function holdApart({ engine, runs, perRun, seed, leak }: Asked): Promise<string | undefined> {
  const subject = { app: leak?.served ?? bureau, people: everybody, seed: found }
  await using left = await openScene(subject, engine)
  await using right = await openScene(subject, engine)
  if ('skip' in left) return left.skip
  if ('skip' in right) return right.skip
  const property = fc.asyncProperty(twins, leak?.queries ?? queries(perRun), async (pair, asked) => {
    await Promise.all([begin(left, pair.left), begin(right, pair.right)])
    await compare(pair, asked, leak, [left, right])
  })
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: leak !== undefined })
  return undefined
}

async function begin(scene: Scene, state: State): Promise<void> {
  await scene.restore()
  await scene.forget()
  const deed = { operation: 'twins', caller: noOne, origin: fromInside }
  await transact(scene.surface.server.house.house, deed, { isolation: 'locked' }, (tx) => fill(tx, state))
}

async function compare(
  { person }: Twins,
  asked: readonly Query[],
  leak: Leak | undefined,
  [left, right]: readonly [Scene, Scene],
): Promise<void> {
  const sides = [sideOf(left, person, leak), sideOf(right, person, leak)] as const
  for (const query of asked) {
    const [here, there] = [await sides[0](query), await sides[1](query)]
    assert.deepEqual(there, here, `${person.name} asks ${JSON.stringify(query.ask)}`)
  }
}

/** One side of the conversation, with a cursor of its own. */
function sideOf(scene: Scene, person: Person, leak: Leak | undefined): (query: Query) => Promise<unknown> {
  const masks = new Map<string, string>()
  const last = { next: '' }
  return async ({ ask, goesOn }) => {
    const url = goesOn && last.next !== '' ? last.next.replace(/^[^?]*/, ask.url.split('?')[0]!) : ask.url
    const asking = { person, ask: { ...ask, url } }
    const said = await scene.send(asking)
    const told = leak?.answer === undefined ? said : await leak.answer(said, scene, asking)
    last.next = /^<([^>]*)>; rel="next"/.exec(told.headers['link'] ?? '')?.[1] ?? last.next
    return { status: told.status, headers: masked(shownHeaders(told), masks), text: masked(told.text, masks) }
  }
}

/** Node writes the machine's time, and each request has an id of its own. */
function shownHeaders({ headers }: Said): string {
  const { date: _date, 'x-request-id': _id, ...rest } = headers
  return JSON.stringify(rest)
}

/**
 * A cursor is sealed with randomness: its length stays, for it may not tell either. Ids that were made meanwhile are
 * numbered as they come, for they hold randomness too.
 */
function masked(text: string, masks: Map<string, string>): string {
  return text
    .replaceAll(/(?<="next":"|after=)[\w%.~-]+/g, (cursor) => `cursor of ${cursor.length}`)
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      if (id.startsWith('01900000-')) return id // known before its row was made
      const known = masks.get(id) ?? `made ${masks.size}`
      masks.set(id, known)
      return known
    })
}
