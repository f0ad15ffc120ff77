// The check of schedules: each time one job, whatever the schedulers, their clocks, and the nights they change in.
import assert from 'node:assert/strict'
import type { OwnedClock } from '../../base/clock.ts'
import { app, job, schedule, text } from '../../define/index.ts'
import { modelOf } from '../../server/features.ts'
import { onBothEngines, type ModelScene } from '../../store/suite/test_model.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'
import { everyJob, queueOf } from './test_queue.ts'

const tick = job('tick', { input: { by: text({ max: 20 }) }, run: async () => {} })
const plan = (name: string, cron: string, zone: string) =>
  schedule(name, { cron, zone, job: tick, input: { by: name } })

/** One that is due every few minutes, and one that is due when the clocks change. */
const partsOf = (minutes: number) => ({
  tick,
  often: plan('often', `*/${minutes} * * * *`, 'Europe/Berlin'),
  nightly: plan('nightly', '30 2 * * *', 'Europe/Berlin'),
})

/** One process: its clock, which may jump, and its steady one, which never does. */
interface Member {
  readonly clock: OwnedClock
  readonly scheduler: Scheduler
  steadyMs: number
}

function memberOf(scene: ModelScene, seed: number, now: string): Member {
  const { house, clock } = queueOf(scene, seed)
  clock.set(now)
  const member = { clock, steadyMs: 0 }
  return Object.assign(member, { scheduler: createScheduler(house, () => member.steadyMs) })
}

const minute = 60_000
const hour = 60 * minute

/** Time passes for all, and those that are not stopped look. */
async function pass(members: readonly Member[], ms: number, stopped?: Member): Promise<void> {
  for (const { clock } of members) clock.advance(ms)
  for (const member of members) {
    member.steadyMs += member === stopped ? hour : 1_000
    if (member !== stopped) while ((await member.scheduler.look()) > 0);
  }
}

async function ticksOf(scene: ModelScene, name: string): Promise<string[]> {
  const { house } = queueOf(scene)
  const ticks = (await everyJob(house)).filter(({ schedule: by }) => by === name)
  return ticks.map(({ holds }) => (holds ?? '').slice(name.length + 2)).toSorted()
}

/** Every time after the first and up to the last, told without any cron. */
function every(ms: number, from: string, to: number): string[] {
  const all: string[] = []
  for (let at = Date.parse(from) + ms; at <= to; at += ms) all.push(new Date(at).toISOString())
  return all
}

const days = { spring: '2026-03-28T20:00:00.000Z', autumn: '2026-10-24T20:00:00.000Z' }

/** A night over which the clocks of the zone change, with five schedulers whose own clocks cannot be trusted. */
async function night(scene: ModelScene, start: string): Promise<number> {
  const members = [1, 2, 3, 4, 5].map((seed) => memberOf(scene, seed, start))
  const [first, second, third, leader] = members as [Member, Member, Member, Member]
  await pass(members, 0)
  for (let n = 0; n < 24; n++) {
    if (n === 4) first.clock.advance(2 * hour)
    if (n === 8) second.clock.advance(-2 * hour)
    if (n === 12) for (const { clock } of members) clock.advance(2 * hour)
    if (n === 16) third.clock.advance(-2 * hour)
    await pass(members, 30 * minute, n >= 6 && n < 14 ? leader : undefined)
  }
  const end = Math.max(...members.map(({ clock }) => clock.ms()))
  for (const { clock } of members) clock.advance(end - clock.ms())
  await pass(members, 0)
  return end
}

/** Registers the tests over a schedule that is due so often. */
export function scheduleTests(minutes: number): void {
  onBothEngines(`schedules of every ${minutes} minutes`, modelOf(app('schedules', partsOf(minutes))), (it) => {
    for (const [season, start] of Object.entries(days)) {
      it(`five schedulers with clocks that jump make each time of a ${season} night once`, async (scene) => {
        const end = await night(scene, start)

        assert.deepEqual(await ticksOf(scene, 'often'), every(minutes * minute, start, end))
        assert.equal((await ticksOf(scene, 'nightly')).length, 1)
      })
    }

    it('what was missed while none ran is made up for once', async (scene) => {
      const start = '2026-05-01T00:00:00.000Z'
      await pass([memberOf(scene, 1, start)], 0)
      const later = [2, 3].map((seed) => memberOf(scene, seed, '2026-05-03T00:07:00.000Z'))

      await pass(later, 0)
      await pass(later, minutes * minute)

      const [made, ...next] = await ticksOf(scene, 'often')
      const sinceMs = Date.parse('2026-05-03T00:07:00.000Z') - Date.parse(made ?? '')
      assert.ok(sinceMs >= 0 && sinceMs < minutes * minute, `${sinceMs} ms before`)
      assert.equal(next.length, 1)
      assert.deepEqual(await ticksOf(scene, 'nightly'), ['2026-05-02T00:30:00.000Z'])
    })

    it('a schedule that is new or has changed begins now', async (scene) => {
      const start = '2026-05-01T00:00:00.000Z'
      await pass([memberOf(scene, 1, start)], 0)
      await scene.engine.script([
        `update plinth_schedules set cron = '0 0 * * *', last_at = '2026-01-01T00:00:00.000Z'`,
      ])

      await pass([memberOf(scene, 2, '2026-05-03T00:07:00.000Z')], 0)

      assert.deepEqual(await ticksOf(scene, 'often'), [])
    })

    it('the control: where the key does not see what is there, each scheduler makes each time', async (scene) => {
      const start = '2026-05-01T00:00:00.000Z'
      const members = [1, 2, 3].map((seed) => memberOf(scene, seed, start))
      await pass(members, 0)
      for (const { clock, scheduler } of members) {
        clock.advance(hour)
        await scheduler.look()
        await scene.engine.script([`update plinth_jobs set holds = holds || cast(id as text) where length(holds) < 40`])
      }

      const made = await ticksOf(scene, 'often')

      assert.equal(made.length, 3 * every(minutes * minute, start, Date.parse(start) + hour).length)
    })
  })
}
