// The first administrator: named, or made up once; nobody is made over who is there already.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ensureAdmin, inventAdmin } from '../../src/features/auth/index.ts'
import { ConfigError, readConfig } from '../../src/server/config.ts'
import { openSurface, type Surface } from '../surface/test_server.ts'
import { club, password } from './people.ts'

const login = async (surface: Surface, by: object): Promise<number> =>
  (await surface.ask({ url: '/api/v1/auth/login', body: by })).status

for (const engine of ['sqlite', 'postgres'] as const)
  void describe(`the first administrator, ${engine}`, () => {
    test('who is named signs in, has every role that a rule names, and keeps the password they have', async (t) => {
      const surface = await openSurface(club, engine)
      if ('skip' in surface) return t.skip(surface.skip)
      const { house } = surface.server.house
      const named = { email: 'boss@example.com', password }

      assert.equal(await ensureAdmin(house, named), true)
      assert.equal(await ensureAdmin(house, { ...named, password: 'another long enough one' }), false)

      const { json } = await surface.ask({ url: '/api/v1/auth/login', body: named })
      const me = await surface.ask({ url: '/api/v1/auth/me', as: String(json['accessToken']) })
      assert.deepEqual(me.json['roles'], ['admin', 'staff'])
      await surface.close()
    })

    test('one is made up where there is no account, by one of several starts at once, and never again', async (t) => {
      const surface = await openSurface(club, engine)
      if ('skip' in surface) return t.skip(surface.skip)
      const { house } = surface.server.house

      const made = (await Promise.all([1, 2, 3].map(() => inventAdmin(house)))).filter((one) => one !== undefined)

      assert.equal(made.length, 1)
      assert.equal(await login(surface, made[0] ?? {}), 200)
      assert.equal(await inventAdmin(house), undefined)
      await surface.close()
    })
  })

test('address and password of the first administrator come together, or the start says which is missing', () => {
  const read = (given: object) => () => readConfig({ NODE_ENV: 'test', ...given })

  assert.deepEqual(read({ PLINTH_ADMIN_EMAIL: 'a@example.com', PLINTH_ADMIN_PASSWORD: password })().admin, {
    email: 'a@example.com',
    password,
  })
  assert.throws(read({ PLINTH_ADMIN_EMAIL: 'a@example.com' }), ConfigError)
  assert.throws(read({ PLINTH_ADMIN_PASSWORD: password }), ConfigError)
  assert.throws(read({ PLINTH_ADMIN_EMAIL: 'nobody', PLINTH_ADMIN_PASSWORD: password }), ConfigError)
})
