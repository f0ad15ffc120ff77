// Who is taken out of an organization: felt at the next request here, and by every other process as soon as it hears.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Engine } from '../../src/store/contract.ts'
import { tokenOf } from '../surface/test_server.ts'
import { peopled, several } from './several.ts'

const sound = (engine: Engine): Engine => engine
/** Hears no wake, as where the bus is down. */
const deaf = (engine: Engine): Engine => ({ ...engine, listen: () => () => {} })

test('a removal is felt at once here, with a wake elsewhere, and after a second without one', async (t) => {
  const scene = await several([sound, sound, deaf])
  if ('skip' in scene) return t.skip(scene.skip)
  try {
    const [here, hearing, unhearing] = scene.surfaces
    const { organization, people } = await peopled(here!, 'wonder', ['owner', 'member'])
    const [owner, member] = people.map(({ account }) => tokenOf('clerk', account))
    const look = async (at: typeof here): Promise<number> => {
      const headers = { 'plinth-tenant': organization }
      return (await at!.ask({ url: '/api/v1/boards', as: member, headers })).status
    }
    assert.deepEqual([await look(here), await look(hearing), await look(unhearing)], [200, 200, 200])

    const url = `/api/v1/auth/organizations/${organization}/remove`
    const removed = await here!.ask({ url, as: owner, body: { member: people[1]!.member } })

    assert.equal(removed.status, 204, removed.text)
    assert.equal(await look(here), 403)
    // Its clock stands still, so nothing but the wake makes it look again.
    for (let n = 0; n < 500 && (await look(hearing)) !== 403; n++) await pause(20)
    assert.equal(await look(hearing), 403)
    assert.equal(await look(unhearing), 200, 'the control: who neither hears nor looks goes on believing')
    unhearing!.clock.advance(1_000)
    assert.equal(await look(unhearing), 403)
  } finally {
    await scene.close()
  }
})
