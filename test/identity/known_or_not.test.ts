// Whether an address has an account is told by no byte of an answer, and not by its time; a build that tells is seen.
import assert from 'node:assert/strict'
import { type Fault, flows, makeKnown, nobodyLike, shown, timesOf, welch } from './known_or_not.ts'
import { ask } from './people.ts'
import { onBothOpened } from './reach.ts'

/** Hashing takes its time; few of those tell as much as many of the others. */
const countOf = (name: string): number => (name === 'login' ? 15 : 100)
/** Few samples on a machine that does other things too: the whole count, nightly, has the narrow bound. */
const bound = 5.5

onBothOpened('answers are equal byte by byte for addresses with and without an account', async ({ run }) => {
  await makeKnown(run)

  for (const flow of flows) {
    const answers = [flow.known, nobodyLike(flow.known)].map(async (address) =>
      shown(await flow.ask(run, address), address),
    )
    const [known, unknown] = await Promise.all(answers)
    assert.equal(known, unknown, flow.name)
    assert.match(known ?? '', /^(20[012]|401)\n/, flow.name)
  }
})

/** The fault: nothing is hashed where there is nobody. */
const leavesEarly: Fault = (run, kind, asking) =>
  kind === 'known' ? asking() : ask(run, 'refresh', { refreshToken: 'none' })

/** The fault: more is done for who is known, as much as a few small requests do. */
const doesMore: Fault = async (run, kind, asking) => {
  const more = kind === 'known' ? 3 : 0
  for (let n = 0; n < more; n++) await ask(run, 'verify/send', { email: 'waiting@example.com' })
  return asking()
}

const faults: ReadonlyMap<string, Fault> = new Map([
  ['login', leavesEarly],
  ['password/forgot', doesMore],
])

// One that hashes and one that does not; the others are of their kind, and are timed nightly. So are these two on
// PostgreSQL, where enough samples take half a minute.
for (const flow of flows.filter(({ name }) => faults.has(name)))
  onBothOpened(
    `${flow.name}: its time does not tell whether there is an account`,
    async ({ run }) => {
      await makeKnown(run)

      const t = welch(await timesOf(run, flow, countOf(flow.name)))
      assert.ok(Math.abs(t) < bound, `t is ${t.toFixed(1)}`)
      const seen = welch(await timesOf(run, flow, countOf(flow.name), faults.get(flow.name)))
      assert.ok(Math.abs(seen) > bound, `the control: t is ${seen.toFixed(1)}`)
    },
    { realHashes: true, engines: ['sqlite'] },
  )
