// Many callers at once over few connections: reads alone, snapshots and writes, some of which fail.
import assert from 'node:assert/strict'
import { seededRandom } from '../../base/random.ts'
import type { Actor, Engine, Session } from '../contract.ts'
import { actor, ann, bob, idOf, type Secured } from './test_secured.ts'

const callers = [actor(ann), undefined, actor(bob), actor(null), actor(idOf(99), 'read', ['staff'])]
/** What each of them sees of the notes. */
const expected = ['15', '15 16', '16', '', '15 16']

/** In whose name the n-th query runs; another than its caller is a seeded fault. */
export type Fault = (as: Actor | undefined, n: number) => Actor | undefined

/** Runs so many queries; answers a line for each that saw what its caller does not. */
export async function mixed(secured: Secured, queries: number, fault: Fault = (as) => as): Promise<string[]> {
  const engine = await secured.open({ limits: { readers: 1, poolSize: 2, acquireMs: 60_000 } })
  await engine.security?.enter()
  const random = seededRandom(queries)
  const found = await Promise.all(
    Array.from({ length: queries }, async (_, n) => {
      const at = Math.floor(random.fraction() * callers.length)
      const way = ways[Math.floor(random.fraction() * ways.length)]!
      const seen = await way(engine, fault(callers[at], n))
      return seen === undefined || seen === expected[at] ? [] : [`query ${n} of caller ${at} saw "${seen}"`]
    }),
  )
  return found.flat()
}

const notes = { text: 'select id from notes order by id', reads: ['uuid'] as const }
const broken = { text: 'select (1 / n)::text from (values (0)) as v (n)', reads: ['text'] as const }

async function see(session: Session, as: Actor | undefined): Promise<string> {
  const rows = await session.all(notes, [], as)
  return rows.map(([id]) => String(id).slice(-2)).join(' ')
}

type Way = (engine: Engine, as: Actor | undefined) => Promise<string | undefined>

const alone: Way = (engine, as) => see({ all: (statement, values, who) => engine.query(statement, values, who) }, as)

// What fails must leave nothing behind for whoever comes next over the connection.
const failing: Way = async (engine, as) => {
  await assert.rejects(async () => engine.query(broken, [], as))
  return undefined
}

const together: Way = (engine, as) =>
  engine.snapshot(async (session) => {
    const others = callers.map(async (other) => session.all(notes, [], other))
    const seen = await see(session, as)
    await Promise.all(others)
    return seen
  })

const undone: Way = (engine, as) =>
  engine.write({ name: 'mixed', isolation: 'locked', rollback: true }, async (tx) => {
    await assert.rejects(
      tx.savepoint(async () => {
        await tx.all(notes, [], actor(bob))
        await tx.all(broken, [], as)
      }),
    )
    return see(tx, as)
  })

const ways: readonly Way[] = [alone, alone, alone, failing, together, undone]
