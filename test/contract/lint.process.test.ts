// The contract of the shop, and one of every kind of field, has nothing for two linters to say; a bad one has.
// In a process of its own, because linting holds the loop for seconds.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { app, signInWith } from 'plinth'
import shop from '../../examples/shop/app.ts'
import { join } from '../../src/define/model.ts'
import { openApi } from '../../src/doors/rest/openapi/index.ts'
import atlas from '../surface/test_app.ts'
import { type Finding, lines } from './finding.ts'
import { redoclyFindings } from './redocly.ts'
import { spectralFindings } from './spectral.ts'

/** Every kind of field, sign-in with others, and an OAuth server where applications register themselves. */
const everything = app('atlas', atlas.parts, {
  ...atlas.options,
  provider: { registration: {} },
  signIn: { providers: [signInWith.google(), signInWith.github()], returnTo: ['/in', 'com.example.atlas:/in'] },
})

const contract = openApi(join(shop), shop.options)
const listPath = '/api/v1/products'

/** A contract of `GET /api/v1/products` alone, which is changed. */
function withList(change: (list: Record<string, unknown>) => Record<string, unknown>): object {
  const item = contract.paths[listPath]
  assert.ok(item?.get !== undefined, 'the shop lists products')
  return { ...contract, paths: { [listPath]: { get: change({ ...item.get }) } } }
}

const openToAttack = withList((list) => ({ ...list, responses: withoutHeaders(list['responses']) }))
const undescribed = withList(({ summary: _summary, operationId: _operationId, ...list }) => list)
const insecure = {
  ...withList((list) => list),
  servers: [{ url: 'http://shop.test', description: 'In clear.', 'x-internal': false }],
}
const dangling = withList((list) => ({ ...list, responses: { 200: { $ref: '#/components/responses/Nowhere' } } }))

function withoutHeaders(responses: unknown): object {
  assert.ok(typeof responses === 'object' && responses !== null)
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [status, { ...response, headers: {} }]),
  )
}

const linters = [
  {
    name: "Redocly's strictest rules",
    find: redoclyFindings,
    seeded: [
      ['a reference to nothing', dangling, 'no-unresolved-refs', 'error'],
      ['an operation without id and summary', undescribed, 'operation-operationId', 'error'],
    ],
  },
  {
    name: 'the OWASP rules of Spectral',
    find: spectralFindings,
    seeded: [
      ['a server in clear text', insecure, 'owasp:api8:2023-no-server-http', 'error'],
      ['answers without the headers of the limits', openToAttack, 'owasp:api4:2023-rate-limit', 'error'],
      ['an operation without id and summary', undescribed, 'operation-operationId', 'warning'],
    ],
  },
] as const

const judged = (found: readonly Finding[]): Finding[] => found.filter(({ severity }) => severity !== 'note')

for (const { name, find, seeded } of linters) {
  describe(name, () => {
    test('find no error and no warning in the contract of the shop', async () => {
      assert.equal(lines(judged(await find(contract))), '')
    })

    test('find none in one with every kind of field and rule', async () => {
      assert.equal(lines(judged(await find(openApi(join(everything), everything.options)))), '')
    })

    for (const [title, bad, rule, severity] of seeded) {
      test(`control: ${title} is found`, async () => {
        const found = judged(await find(bad))

        assert.ok(
          found.some((one) => one.rule === rule && one.severity === severity),
          `only ${lines(found)}`,
        )
      })
    }
  })
}
