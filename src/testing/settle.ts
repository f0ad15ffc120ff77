// Does the work beside the calls, turn after turn, until nothing is due.
import type { House } from '../call/house.ts'
import { featuresOf } from '../server/features.ts'

/** A test with more rounds than this has work that makes work for ever. */
const MOST_ROUNDS = 1_000

/** Takes turns of every feature until none had anything to do. Fails with Error where that never comes. */
export async function settle(house: House): Promise<void> {
  const features = featuresOf(house.model.app)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let done = 0
    for (const { turn } of features) done += (await turn?.(house)) ?? 0
    if (done === 0) return
  }
  throw new Error(`After ${MOST_ROUNDS} rounds something is still due: a job or a handler makes its own work.`)
}
