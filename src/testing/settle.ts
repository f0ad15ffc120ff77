// Does the work beside the calls, turn after turn, until nothing is due.
import type { House } from '../call/house.ts'
import { featuresOf } from '../server/features.ts'

/** A test with more rounds than this has work that makes work for ever. */
const MOST_ROUNDS = 1_000

const settling = new WeakMap<House, Promise<void>>()

/**
 * Takes turns of every feature until none had anything to do. Of several at once each begins when the one before has
 * ended: what another is just doing is not done yet. Fails with Error where there is always more.
 */
export function settle(house: House): Promise<void> {
  const before = settling.get(house) ?? Promise.resolve()
  const next = before.catch(() => undefined).then(() => takeTurns(house))
  settling.set(house, next)
  return next
}

async function takeTurns(house: House): Promise<void> {
  const features = featuresOf(house.model.app)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let done = 0
    for (const { turn } of features) done += (await turn?.(house)) ?? 0
    if (done === 0) return
  }
  throw new Error(`After ${MOST_ROUNDS} rounds something is still due: a job or a handler makes its own work.`)
}
