// A crash test passes where one transaction holds together, and finds the point where two calls do not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crash, CrashFailure, type CrashRun } from './crash.ts'
import type purses from './test_purses.ts'

const app = new URL('./test_purses.ts', import.meta.url)
type Run = CrashRun<typeof purses>

async function filled({ as }: Run) {
  const staff = as('staff')
  const [one, other] = [
    await staff.purses.create({ name: 'one', points: 10 }),
    await staff.purses.create({ name: 'other', points: 0 }),
  ]
  return { staff, one, other }
}

test('what one action does is whole, wherever the process is killed', async () => {
  const report = await crash(
    app,
    async (run: Run) => {
      const { staff, one, other } = await filled(run)
      await staff.purses.move({ from: 'one', to: 'other', points: 4 })

      assert.equal((await staff.purses.get(one.id)).points, 6)
      assert.equal((await staff.purses.get(other.id)).points, 4)
    },
    { points: 3 },
  )

  assert.equal(report.kills, 3)
  assert.ok(report.points > 15, `${report.points} points`)
})

test('control: what a client does by two calls is found in two halves', async () => {
  const careless = async (run: Run): Promise<void> => {
    const { staff, one, other } = await filled(run)
    for (let moved = 1; moved <= 8; moved++) {
      await staff.purses.update(one.id, { points: 10 - moved })
      await staff.purses.update(other.id, { points: moved })
    }
  }

  const found = await crash(app, careless, { points: 6 }).catch((error: unknown) => error)

  assert.ok(found instanceof CrashFailure, 'it was not found')
  assert.match(found.message, /killed at point \d+: the invariant "there are ten points, or none yet" .* there are 9/)
})
