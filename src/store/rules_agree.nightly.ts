// Thousands of random rules over random rows and callers: every way of asking them says the same.
import { test } from 'node:test'
import { agree, rulesScene } from './test_rules_scene.ts'

const runs = 3_000

for (const name of ['sqlite', 'postgres'] as const) {
  test(`${runs} rules on ${name}`, async (t) => {
    const scene = await rulesScene(name)
    if ('skip' in scene) return t.skip(scene.skip)
    try {
      await agree(scene.engine, runs)
    } finally {
      await scene.close()
    }
  })
}
