// What a caller may not see changes no byte of what they are answered: a few questions a day, and the leaks it finds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holdApart } from './interference.ts'
import { leaks } from './leaks.ts'

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`150 questions to twins on ${engine}`, async (t) => {
    const seed = Date.now() % 2 ** 31
    t.diagnostic(`seed ${seed}`)
    const skip = await holdApart({ engine, runs: 10, perRun: 15, seed })
    if (skip !== undefined) t.skip(skip)
  })
}

for (const leak of leaks) {
  test(`control: ${leak.title} tells twins apart`, async () => {
    await assert.rejects(holdApart({ engine: 'sqlite', runs: 300, perRun: 30, seed: 7, leak }), /Property failed/)
  })
}
