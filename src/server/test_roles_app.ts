// The app of the tests of roles: an action that promises a job which takes its time.
import { setTimeout as sleep } from 'node:timers/promises'
import { action, anyone, app, job, resource, text } from '../define/index.ts'

const notes = resource('notes', { fields: { text: text() }, allow: { list: [anyone] } })
const write = job('write', {
  input: { text: text() },
  run: async ({ input, finish }) => {
    await sleep(700)
    await finish(async (tx) => void (await tx.create(notes, { text: input.text })))
  },
})
const promise = action(notes, 'promise', {
  on: 'collection',
  allow: [anyone],
  input: { text: text() },
  output: 'nothing',
  run: async ({ input, tx }) => void (await tx.enqueue(write, input)),
})

export default app('roles', { notes, write, promise })
