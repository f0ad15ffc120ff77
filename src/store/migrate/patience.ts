// How a step waits: shortly for a lock, because others queue behind it, and again a little later.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Random, systemRandom } from '../../base/random.ts'
import { StoreError, type Transaction } from '../contract.ts'

/** A step that waits longer for a lock gives up: everybody else queues behind it, and nobody may wait a second. */
export const lockTimeoutMs = 800
const lockAttempts = 30
/** Proofs and index builds take as long as the table is big; they hold nobody up. */
export const longStepMs = 6 * 60 * 60 * 1000

/** What running needs from outside. */
export interface RunOptions {
  readonly random?: Random
  readonly wait?: (ms: number) => Promise<unknown>
  /** Position of a batched step that was interrupted, as `saved` got it. */
  readonly resume?: string
  /** Called inside the step's own transaction: what it writes commits with the step. */
  readonly done?: (tx: Transaction) => Promise<void>
  /** Called inside the transaction of each batch. */
  readonly saved?: (tx: Transaction, position: string) => Promise<void>
}

/** Tries again while another holds the lock, a little later each time and not in step with others. */
export async function patiently(options: RunOptions, work: () => Promise<void>, attempt = 1): Promise<void> {
  try {
    return await work()
  } catch (error) {
    if (!isLocked(error) || attempt >= lockAttempts) throw error
  }
  const { random = systemRandom, wait = sleep } = options
  await wait(Math.min(100 * attempt, 1_000) * (0.5 + random.fraction()))
  await patiently(options, work, attempt + 1)
}

const isLocked = (error: unknown): boolean =>
  error instanceof StoreError &&
  (error.failure === 'busy' || error.failure === 'deadline' || error.failure === 'serialization')
