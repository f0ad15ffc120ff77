// Ten thousand questions to twins that differ only in what the caller may not see, on each engine.
import { test } from 'node:test'
import { holdApart } from './interference.ts'

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`10,000 questions to twins on ${engine}`, async (t) => {
    const seed = Date.now() % 2 ** 31
    t.diagnostic(`seed ${seed}`)
    const skip = await holdApart({ engine, runs: 400, perRun: 25, seed })
    if (skip !== undefined) t.skip(skip)
  })
}
