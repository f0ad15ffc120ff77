// kill -9 at any instant, over HTTP, with the log of what clients were told; a few kills here, thousands at night.
import assert from 'node:assert/strict'
import test from 'node:test'
import { killOften, survivesKills } from './kill.ts'

test('kill -9 in the middle of requests, or of a start, loses nothing that was told', async (t) => {
  await survivesKills(t, { cycles: 4, seed: 1 })
})

test('control: answers that leave before the commit are lost', async (t) => {
  const { wrong } = await killOften(t, { fault: 'early', cycles: 20, seed: 2 })

  assert.notDeepEqual(wrong, [])
})
