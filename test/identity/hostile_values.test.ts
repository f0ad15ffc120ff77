// No value in a field of any operation of sign-in is a 500; each that is none of the field is refused by its name.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { action, anyone, app, json, resource, role, text } from 'plinth'
import { testApp } from 'plinth/testing'
import { findings, operationsOf } from './hostile_values.ts'
import { as, type Club, club, joined, lettersTo, onBoth, signIn } from './people.ts'
import { authenticator, withPasskey } from './factors.ts'

const ann = 'ann@example.com'

/** Somebody who may call everything, with a row of each kind that operations are about. */
async function sceneOf(run: Club) {
  const { accessToken } = await joined(run, ann)
  const made = await withPasskey(run, accessToken, authenticator())
  const organization = await as(run, accessToken, 'POST', 'auth/organizations', { name: 'Geese' })
  const boss = run.as(role('admin'))
  const { body } = await boss.request('GET', '/api/v1/auth/accounts')
  const [account] = (body as { data: { id: string }[] }).data
  await boss.request('POST', `/api/v1/auth/accounts/${account?.id}/roles`, { body: { roles: ['admin', 'staff'] } })
  const key = await as(run, accessToken, 'POST', 'auth/keys', { name: 'export', scopes: ['read'] })
  const service = { name: 'export', roles: [] }
  const program = await as(run, accessToken, 'POST', 'auth/service-accounts', service)
  const ids: Readonly<Record<string, string | undefined>> = {
    'auth/accounts': account?.id,
    'auth/passkeys': (made.body as { id: string }).id,
    'auth/keys': (key.body as { id: string }).id,
    'auth/service-accounts': (program.body as { id: string }).id,
    'auth/organizations': (organization.body as { id: string }).id,
  }
  return { token: accessToken, idOf: (path: string): string => ids[path] ?? '' }
}

onBoth('wrong values of every kind are refused by the name of their field, and nothing comes of them', async (run) => {
  const { token, idOf } = await sceneOf(run)
  // A move without a password is a good one where the proof is fresh, and a key may end never: null is a value there.
  const isGood = (text: string): boolean => /Nothing changes unless you agree|An API key was made/.test(text)
  const others = async (): Promise<number> => (await lettersTo(run, ann)).filter(({ text }) => !isGood(text)).length
  const before = await others()
  const asked = new Set<string>()

  const found = await findings(operationsOf(club, 'auth'), async (method, path, body, operation) => {
    asked.add(operation)
    const [, noun = ''] = /^\/api\/v1\/(.*)\/:id/.exec(path) ?? []
    return as(run, token, method, path.slice('/api/v1/'.length).replace(':id', idOf(noun)), body)
  })

  assert.deepEqual(found, [])
  assert.ok(asked.size >= 30, [...asked].join(', '))
  assert.equal(await others(), before)
  await signIn(run, ann)
})

test('the control: an operation that trusts what it gets is found', async () => {
  const doors = resource('doors', { fields: { name: text() }, allow: {} })
  const trusting = action(doors, 'open', {
    on: 'collection',
    allow: [anyone],
    input: { token: json() },
    output: 'nothing',
    // The fault: JSON of any shape, taken for a text.
    run: async ({ input }) => void (input.token as string).startsWith('plp_'),
  })
  const faulty = app('faulty', { doors, trusting })
  await using run = await testApp(faulty)

  const found = await findings(operationsOf(faulty, 'doors'), (method, path, body) =>
    run.anonymous.request(method, path, { body }),
  )

  assert.ok(found.length >= 5, found.join('\n'))
  assert.ok(found.every((line) => line.startsWith('doors.open with token')))
})
