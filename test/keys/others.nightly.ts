// The same, five thousand times.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../src/base/random.ts'
import { onEachEngine } from './scene.ts'
import { interleave } from './others.ts'

await onEachEngine('callers with the same keys, all night', (scene) => {
  test('5,000 requests tell nobody what another was told', async () => {
    assert.ok((await interleave(scene, seededRandom(2), 5_000)) > 2_500)
  })
})
