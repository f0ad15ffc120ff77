// The engines on which rules are held to each other, and the property that they agree.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { postgresForTests } from '../../test/postgres.ts'
import type { Engine } from './contract.ts'
import { applyDirectly } from './migrate/index.ts'
import { wantedTables } from './policies.ts'
import { openPostgres } from './postgres/index.ts'
import { openSqlite } from './sqlite/index.ts'
import { actors, modelWith, peopleIds, rowsOfMembers, rowsOfThings, rules, teamIds } from './test_random_rules.ts'
import { type Asked, disagreements, lay, type Mutation } from './test_rules_agree.ts'

const asked: fc.Arbitrary<Asked> = fc.record({
  rule: rules,
  things: rowsOfThings(6, 12),
  members: rowsOfMembers,
  actors: fc.uniqueArray(actors, { minLength: 4, maxLength: 4, selector: (one) => JSON.stringify(one) }),
})

/** Random rules, each over random rows and callers. Fails with the smallest case where two ways of asking differ. */
export async function agree(engine: Engine, runs: number, mutate?: Mutation): Promise<void> {
  const property = fc.asyncProperty(asked, async (one) => {
    const model = await lay(engine, one, mutate)
    assert.deepEqual(await disagreements(engine, model, one), [])
  })
  await fc.assert(property, { numRuns: runs, endOnFailure: mutate !== undefined })
}

export interface RulesScene {
  readonly engine: Engine
  close(): Promise<void>
}

/** Tables for random rules in an engine that keeps the rules itself where it can. */
export async function rulesScene(name: 'sqlite' | 'postgres'): Promise<RulesScene | { readonly skip: string }> {
  if (name === 'sqlite') {
    const engine = await openSqlite({ file: ':memory:' })
    await prepare(engine)
    return { engine, close: () => engine.close() }
  }
  const database = await postgresForTests()
  if ('skip' in database) return database
  const engine = await openPostgres({ url: database.url })
  await prepare(engine)
  return { engine, close: () => engine.close().then(() => database.drop()) }
}

async function prepare(engine: Engine): Promise<void> {
  const model = modelWith({ allow: { callers: [], rows: [] }, isTenanted: false, areMembersTenanted: false })
  await applyDirectly(engine, wantedTables(model, engine.dialect, { rowSecurity: true }))
  await engine.script([...peopleIds.map(insertInto('people')), ...teamIds.map(insertInto('teams'))])
  await engine.security?.enter()
}

const insertInto =
  (table: string) =>
  (id: string): string =>
    `insert into "${table}" ("id", "created_at", "updated_at") values ('${id}', ${then}, ${then})`

const then = "'2026-01-01T00:00:00.000Z'"
