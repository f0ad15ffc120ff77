// What a password's hash costs: the standard everywhere, but in tests that say that they are not about it.
import { equal, match, throws } from 'node:assert/strict'
import { test } from 'node:test'
import type { House } from '../../src/call/house.ts'
import { authOf } from '../../src/features/auth/index.ts'
import { readConfig } from '../../src/server/config.ts'
import { openSurface, type ServeOptions } from '../surface/test_server.ts'
import { club, password } from './people.ts'
import { onBothOpened } from './reach.ts'

const standard = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/

async function withHouse(use: (house: House) => Promise<void>, options?: Pick<ServeOptions, 'realHashes'>) {
  const surface = await openSurface(club, 'sqlite', undefined, options)
  if ('skip' in surface) throw new Error(surface.skip)
  try {
    await use(surface.server.house.house)
  } finally {
    await surface.close()
  }
}

onBothOpened(
  'a house hashes passwords at the standard cost',
  async ({ house }) => {
    match(await authOf(house).passwords.hash(password), standard)
    equal(authOf(house).recovery.preset.costs['m'], 19_456)
  },
  { realHashes: true },
)

test('tests hash at next to no cost, which the next sign-in in earnest makes good', async () => {
  await withHouse(async (house) => {
    const cheap = await authOf(house).passwords.hash(password)
    match(cheap, /^\$argon2id\$v=19\$m=64,t=1,p=1\$/)
    await withHouse(
      async (other) => {
        const { matches, needsRehash } = await authOf(other).passwords.verify(cheap, password)
        equal(matches && needsRehash, true)
      },
      { realHashes: true },
    )
  })
})

test('no variable makes hashes cheap, and outside development nothing does', async () => {
  equal(readConfig({ NODE_ENV: 'test' }).services.cheapHashes, undefined)
  await withHouse(async (house) => {
    throws(() => authOf({ ...house, services: { ...house.services, isDevelopment: false } }), /cheap in tests alone/)
  })
})
