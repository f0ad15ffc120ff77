// The suite of the engine contract: every engine runs all of it, and gives the same answers.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { constraintTests } from './test_constraints.ts'
import { engineTests, type OpenEngine } from './test_scene.ts'
import { transactionTests } from './test_transactions.ts'
import { valueTests } from './test_values.ts'
import { wakeTests } from './test_wakes.ts'

/** Registers the suite for one engine. `open` gives an empty database each time, or says why there is none. */
export function engineSuite(name: string, open: OpenEngine): void {
  void describe(`${name}: values`, () => valueTests(engineTests(open)))
  void describe(`${name}: constraints`, () => constraintTests(engineTests(open)))
  void describe(`${name}: transactions`, () => transactionTests(engineTests(open)))
  void describe(`${name}: wakes`, () => wakeTests(engineTests(open)))
  void test(`${name}: a closed engine refuses everything`, async (t) => {
    const engine = await open()
    if ('skip' in engine) return t.skip(engine.skip)

    await engine.close()

    await assert.rejects(engine.ping())
    await assert.rejects(async () => engine.query({ text: 'select 1', reads: ['int'] }, []))
    await assert.rejects(engine.snapshot(async () => 1))
    await assert.rejects(engine.write({ name: 'late', isolation: 'locked' }, async () => 1))
  })
}
