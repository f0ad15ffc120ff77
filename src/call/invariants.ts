// Asks the app's invariants of the rows as they are now.
import { noOne } from './caller.ts'
import { fromInside } from './deed.ts'
import type { House } from './house.ts'
import { transact } from './transact.ts'

/** A check reads whatever it likes, and nobody waits for it. */
const deadlineMs = 600_000

/** An invariant that does not hold, and why. */
export interface Broken {
  readonly name: string
  readonly why: string
}

/** Every invariant that does not hold. Asked of tests and of restored backups. */
export async function brokenInvariants(house: House): Promise<Broken[]> {
  const broken: Broken[] = []
  for (const { name, check } of house.model.invariants) {
    const deed = { operation: `invariant ${name}`, caller: noOne, origin: fromInside }
    try {
      await transact(house, deed, { rollback: true, deadlineMs }, (tx) => check({ tx }))
    } catch (error) {
      broken.push({ name, why: error instanceof Error ? error.message : String(error) })
    }
  }
  return broken
}
