// When several ask at once for all that is due to be done, each is told when it is.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import { action, anyone, app, job, resource, text } from 'plinth'
import { testApp } from './boot.ts'

const done: string[] = []
const notes = resource('notes', { fields: { text: text({ max: 20 }) }, allow: { read: [anyone] } })
const slow = job('slow', {
  input: { key: text({ max: 20 }) },
  async run({ input }) {
    await sleep(100)
    done.push(input.key)
  },
})
const promise = action(notes, 'promise', {
  on: 'collection',
  allow: [anyone],
  output: 'nothing',
  run: async ({ tx }) => void (await tx.enqueue(slow, { key: 'a job' })),
})

test('whoever asks while another takes the turns waits for what that one does', async () => {
  await using run = await testApp(app('settled', { notes, slow, promise }))
  const said = await run.anonymous.request('POST', '/api/v1/notes/promise')
  assert.equal(said.status, 204, JSON.stringify(said.body))

  const seen = await Promise.all([1, 2, 3].map(async () => (await run.settle(), [...done])))

  assert.deepEqual(seen, [['a job'], ['a job'], ['a job']])
})
