// `/health` and `/ready`: what they answer when all is well, when something is not, and while draining.
import assert from 'node:assert/strict'
import test from 'node:test'
import { testDoor } from './test_door.ts'

test('health is ok as long as the process answers', async () => {
  const { door } = testDoor({ ready: () => ({ ready: false, checks: { database: 'down' } }) })

  const answer = await door.inject({ method: 'GET', url: '/health' })

  assert.equal(answer.status, 200)
  assert.deepEqual(answer.json(), { status: 'ok' })
})

test('readiness names each dependency, at once or later', async () => {
  const checks = { database: 'ok', example: 'importing' }

  const ready = await testDoor({ ready: async () => ({ ready: true, checks }) }).door.inject({
    method: 'GET',
    url: '/ready',
  })
  const not = await testDoor({ ready: () => ({ ready: false, checks }) }).door.inject({ method: 'GET', url: '/ready' })

  assert.equal(ready.status, 200)
  assert.deepEqual(ready.json(), { status: 'ok', checks })
  assert.equal(not.status, 503)
  assert.equal(not.headers['retry-after'], '1')
  assert.deepEqual(not.json(), { status: 'unavailable', checks })
})

test('a check that fails is a 500 that tells nothing', async () => {
  const { door } = testDoor({ ready: () => Promise.reject(new Error('postgres://secret')) })

  const answer = await door.inject({ method: 'GET', url: '/ready' })

  assert.equal(answer.status, 500)
  assert.doesNotMatch(answer.text, /secret/)
})
