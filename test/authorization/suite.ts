// The matrix as tests: how many cells, of which app, on which engine; the nightly asks all that the daily samples.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ask, drawn } from './matrix.ts'
import { bureauSubject } from './people.ts'
import { type EngineName, openScene, type Subject } from './scene.ts'
import { shopSubject } from './shop_people.ts'

const subjects: readonly (readonly [string, Subject, number])[] = [
  ['an app with every kind of rule', bureauSubject, 50_000],
  ['the shop', shopSubject, 15_000],
]

/** Registers the tests: `count` cells of each app on each engine, or all of them. */
export function matrixTests(count: number | undefined): void {
  for (const engine of ['sqlite', 'postgres'] as const) {
    void describe(`the matrix of permissions on ${engine}`, () => {
      for (const [title, subject, least] of subjects) {
        void test(`${count ?? 'all'} cells of ${title}`, async (t) => {
          const seed = Date.now() % 2 ** 31
          t.diagnostic(`seed ${seed}`)
          const skip = await judge(engine, subject, { count, seed, least })
          if (skip !== undefined) t.skip(skip)
        })
      }
    })
  }
}

interface Judging {
  readonly count: number | undefined
  readonly seed: number
  readonly least: number
}

async function judge(
  engine: EngineName,
  subject: Subject,
  { count, seed, least }: Judging,
): Promise<string | undefined> {
  await using scene = await openScene(subject, engine)
  if ('skip' in scene) return scene.skip
  const asked = await ask(scene, drawn(scene, count, seed))
  assert.deepEqual(asked.mismatches, [], `seed ${seed}`)
  assert.ok(asked.cells >= (count ?? least), `${asked.cells} cells`)
  // A matrix in which everything is allowed, or nothing, would ask nothing.
  assert.ok(asked.refused > asked.cells / 3 && asked.refused < asked.cells, `${asked.refused} refused`)
  return undefined
}
