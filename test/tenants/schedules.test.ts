// Work that nobody asked for: it spans all tenants, and what it promises for one is done in that one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { app, event, handle, integer, job, organizations, resource, schedule, signedIn, text } from 'plinth'
import { testApp } from 'plinth/testing'

const desks = resource('desks', {
  tenant: 'organization',
  fields: { label: text({ max: 40 }) },
  allow: { list: [signedIn] },
  sort: ['label'],
})
const looked = event('desks.looked', { of: desks, fields: { many: integer({ min: 0 }) } })

/** Sees how many desks there are where it works, and says so on the first of them. */
const look = job('desks.look', {
  run: ({ finish }) =>
    finish(async (tx) => {
      const all = await tx.find(desks, {}, { sort: 'label' })
      await tx.emit(looked, all[0]!.id, { many: all.length })
    }),
})
const lookEverywhere = job('desks.look-everywhere', {
  run: ({ finish }) =>
    finish(async (tx) => {
      const first = (await tx.find(desks, {}, { sort: 'label' }))[0]
      if (first !== undefined) await tx.emit(looked, first.id, { many: -1 + (await tx.find(desks, {})).length })
      for (const { id } of await tx.find(organizations, {})) {
        const own = tx.forTenant(id)
        if ((await own.find(desks, {})).length > 0) await own.enqueue(look, {}, { unique: 'look' })
      }
    }),
})
const hourly = schedule('hourly', { cron: '0 * * * *', job: lookEverywhere })
const noted = handle(looked, 'note', async ({ event: { of, data }, tx }) => {
  const { label } = await tx.get(desks, of)
  await tx.create(desks, { label: `${label}: ${data.many} of ${(await tx.find(desks, {})).length}` })
})
const office = app('office', { desks, looked, look, lookEverywhere, hourly, noted })

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`on ${engine}: a schedule reaches every tenant, its jobs and what they tell one each`, async () => {
    await using run = await testApp(office, { engine })
    const [here, there] = [await run.make(organizations), await run.make(organizations)]
    await run.make(desks, { organization: here.id, label: 'a' })
    await run.make(desks, { organization: there.id, label: 'b' })
    await run.make(desks, { organization: there.id, label: 'c' })

    run.clock.advance(3_600_000)
    await run.settle()

    const labels = async (tenant: string): Promise<string[]> =>
      (await run.as('clerk', { tenant }).desks.list({ sort: 'label' })).data.map(({ label }) => label)
    // The first is told by code that saw the three of both; who hears of it counts those of the row's own tenant.
    assert.deepEqual(await labels(here.id), ['a', 'a: 1 of 2', 'a: 2 of 1'])
    assert.deepEqual(await labels(there.id), ['b', 'b: 2 of 2', 'c'])
  })
}
