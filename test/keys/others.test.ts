// Two people and two firms with the same keys for the same requests, in an order that chance decides.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../src/base/random.ts'
import { onEachEngine } from './scene.ts'
import { interleave } from './others.ts'

await onEachEngine('callers with the same keys', (scene) => {
  test('200 requests tell nobody what another was told', async () => {
    const replays = await interleave(scene, seededRandom(1), 200)

    assert.ok(replays > 100, `only ${replays} replays`)
  })
})
