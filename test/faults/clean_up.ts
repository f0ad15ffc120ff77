// Undoes what a test set up, last thing first: a server ends before its directory goes.
import type { TestContext } from 'node:test'

type Work = () => unknown

const works = new WeakMap<TestContext, Work[]>()

/** Runs `work` after the test, before everything that was registered earlier. */
export function cleanUp(t: TestContext, work: Work): void {
  const known = works.get(t)
  if (known !== undefined) return void known.push(work)
  const own = [work]
  works.set(t, own)
  // The hooks of node:test run first thing first.
  t.after(async () => {
    for (const one of own.toReversed()) await one()
  })
}
