// The queue in an administrator's hands: listed and read under /api/v1/jobs, tried again, cancelled; by nobody else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { app, job, role, signedIn, text, resource, action } from '../../define/index.ts'
import { member, testApp } from '../../testing/index.ts'

const admin = role('admin')
const state = { fails: true, aborted: '' }

const notes = resource('notes', { fields: { text: text() }, allow: { list: [signedIn] } })
const send = job('mail.send', {
  input: { to: text({ max: 40 }), code: text({ max: 40, private: true }) },
  attempts: 1,
  run: async ({ input }) => {
    if (state.fails) throw new Error(`${input.to} does not answer`)
  },
})
const ask = action(notes, 'ask', {
  on: 'collection',
  allow: [signedIn],
  output: { job: text({ max: 36 }) },
  input: { to: text({ max: 40 }) },
  run: async ({ input, tx }) => ({
    job: await tx.enqueue(send, { to: input.to, code: 'the secret code' }, { unique: input.to, inOrder: 'mails' }),
  }),
})
const parts = app('managed', { notes, send, ask })

interface Shown {
  readonly id: string
  readonly state: string
  readonly error: string | null
  readonly attempt: number
}

void test('an administrator lists, reads, retries and cancels jobs', async () => {
  state.fails = true
  await using run = await testApp(parts)
  const boss = run.as(admin)
  for (const to of ['ann', 'ben']) await run.as(member).request('POST', '/api/v1/notes/ask', { body: { to } })
  await run.settle()

  const list = await boss.request('GET', '/api/v1/jobs?state=dead&sort=id')
  const [first, second] = (list.body as { data: Shown[] }).data
  const id = first?.id ?? ''
  state.fails = false
  const retried = await boss.request('POST', `/api/v1/jobs/${id}/retry`)
  const cancelled = await boss.request('POST', `/api/v1/jobs/${id}/cancel`)
  const again = await boss.request('POST', `/api/v1/jobs/${id}/retry`)
  await run.settle()
  const done = await boss.request('GET', `/api/v1/jobs/${id}`)
  const late = await boss.request('POST', `/api/v1/jobs/${id}/cancel`)

  assert.equal(second?.state, 'dead')
  assert.match(String(first?.error), /ann does not answer/)
  assert.deepEqual(
    [retried, cancelled, again].map(({ status, body }) => [status, (body as Shown).state, (body as Shown).attempt]),
    [
      [200, 'ready', 0],
      [200, 'cancelled', 0],
      [200, 'ready', 0],
    ],
  )
  assert.equal((done.body as Shown).state, 'done')
  assert.equal(late.status, 409)
})

void test('nobody else sees them, and nobody at all the private part of an input', async () => {
  await using run = await testApp(parts)
  const boss = run.as(admin)
  await run.as(member).request('POST', '/api/v1/notes/ask', { body: { to: 'ann' } })
  const list = await boss.request('GET', '/api/v1/jobs')
  const [shown] = (list.body as { data: Shown[] }).data

  const answers = await Promise.all(
    ['/api/v1/jobs', `/api/v1/jobs/${shown?.id}`].map((path) => run.as(member).request('GET', path)),
  )
  const cancel = await run.as(member).request('POST', `/api/v1/jobs/${shown?.id}/cancel`)
  const nobody = await run.anonymous.request('GET', '/api/v1/jobs')

  assert.doesNotMatch(JSON.stringify(list.body), /secret code/)
  assert.match(JSON.stringify(list.body), /"input":\{"to":"ann"\}/)
  assert.deepEqual(
    [...answers, cancel, nobody].map(({ status }) => status),
    [403, 403, 403, 401],
  )
})

void test('a retry of a job whose unique key another has by now is a conflict', async () => {
  state.fails = true
  await using run = await testApp(parts)
  const boss = run.as(admin)
  const post = async () => {
    const { body } = await run.as(member).request('POST', '/api/v1/notes/ask', { body: { to: 'ann' } })
    return (body as { job: string }).job
  }
  const first = await post()
  await run.settle()
  const second = await post()

  const answer = await boss.request('POST', `/api/v1/jobs/${first}/retry`)

  assert.notEqual(first, second)
  assert.equal(answer.status, 409)
})
