// The contract tells of tenants where there are any, and in no other app.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { app, resource, text } from 'plinth'
import { testApp, type TestApp } from 'plinth/testing'
import { openStudio } from './studio.ts'

interface Operation {
  readonly parameters?: readonly { readonly $ref?: string }[]
  readonly responses: Readonly<Record<string, unknown>>
}

/** Every operation of the API, by method and path. */
async function operationsOf(run: Pick<TestApp<typeof plain>, 'anonymous'>): Promise<Map<string, Operation>> {
  const { body } = await run.anonymous.request('GET', '/api/v1/openapi.json')
  const { paths } = body as { paths: Record<string, Record<string, Operation>> } // a contract
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => [`${method} ${path}`, one] as const),
  )
  return new Map(all.filter(([name]) => name.includes('/api/v1/') && !name.includes('openapi')))
}

const plain = app('plain', { things: resource('things', { fields: { name: text() }, allow: {} }) })
const names = ({ parameters = [] }: Operation): boolean =>
  parameters.some(({ $ref }) => $ref?.endsWith('/PlinthTenant'))

test('every operation of an app with tenants takes the header, and may refuse it', async () => {
  await using run = await openStudio()

  const operations = await operationsOf(run as never)

  assert.ok(operations.size > 40)
  assert.deepEqual(
    [...operations].filter(([, one]) => !names(one) || !('403' in one.responses)).map(([name]) => name),
    [],
  )
})

test('an app without them does not know it, and reads none', async () => {
  await using run = await testApp(plain)

  const operations = await operationsOf(run)

  assert.deepEqual(
    [...operations].filter(([, one]) => names(one)),
    [],
  )
  const headers = { 'plinth-tenant': 'x' }
  assert.equal((await run.as('admin').request('GET', '/api/v1/jobs', { headers })).status, 200)
})
