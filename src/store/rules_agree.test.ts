// A rule says the same wherever it is asked: in process, as a filter on both engines, as a policy of PostgreSQL.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Engine } from './contract.ts'
import type { Mutation } from './test_rules_agree.ts'
import { agree, type RulesScene, rulesScene } from './test_rules_scene.ts'

/** Random rules here: some 2,000 answers, each given three ways. The nightly asks for more. */
const runs = 40

// Each changes the policies as they are made, and must be found out.
const faultsOfPolicies: Readonly<Record<string, Mutation>> = {
  'an "or" turned into "and"': (sql) => sql.replace(/ or /, ' and '),
  'an "and" turned into "or"': (sql) => sql.replace(/ and /, ' or '),
  'a comparison turned round': (sql) => sql.replace(/ (<=?) /, (_, sign: string) => ` ${sign.replace('<', '>')} `),
  'a policy that lets everything pass': (sql) => sql.replace(/ using \(.*$/, ' using (true)'),
  'a check that lets everything pass': (sql) => sql.replace(/ with check \(.*$/, ' with check (true)'),
  'a rule for callers who are nobody': (sql) =>
    sql.replace("(select nullif(current_setting('plinth.caller', true), '') is not null)", 'true'),
  'a policy that forgets whose tenant the row is': (sql) =>
    sql.replaceAll(/"things"\."team" = \(select .*?::uuid\)/g, 'true'),
}

// The same of the functions that look into other tables.
const faultsOfFunctions: Readonly<Record<string, Mutation>> = {
  'a function that looks into the tables of other tenants': (sql) =>
    sql.replace(/ where e1\."in_team" = \(select [^;]*?::uuid\) and /, ' where '),
}

const only =
  (what: string, mutate: Mutation): Mutation =>
  (sql) =>
    sql.startsWith(what) ? mutate(sql) : sql
const faults = [
  ...Object.entries(faultsOfPolicies).map(([title, fault]) => [title, only('create policy', fault)] as const),
  ...Object.entries(faultsOfFunctions).map(([title, fault]) => [title, only('create or replace', fault)] as const),
]

for (const name of ['sqlite', 'postgres'] as const) {
  void describe(`rules on ${name}`, () => {
    const opened: { scene?: RulesScene; skip?: string } = {}
    before(async () => {
      const found = await rulesScene(name)
      if ('skip' in found) opened.skip = found.skip
      else opened.scene = found
    })
    after(() => opened.scene?.close())
    const it = (title: string, run: (engine: Engine) => Promise<void>): void => {
      void test(title, async (t) => (opened.scene === undefined ? t.skip(opened.skip) : run(opened.scene.engine)))
    }

    it('what the evaluator allows, the statements and the policies allow', (engine) => agree(engine, runs))

    if (name === 'sqlite') return
    for (const [fault, mutate] of faults) {
      it(`control: ${fault} is seen`, async (engine) => {
        await assert.rejects(agree(engine, 500, mutate))
      })
    }
  })
}
