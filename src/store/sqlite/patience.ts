// Waiting for the writer's lock, which somebody else may hold for a moment though nobody else writes.
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { StoreError } from '../contract.ts'
import type { Deadline } from './deadline.ts'

/**
 * Does something with the writer's connection, and again while the lock is taken, until the deadline. One process owns
 * the file; but a reader of another thread or process that looks at the log's index in the very moment in which it is
 * written takes the writer's lock, to look again. SQLite would sleep meanwhile, and with it the event loop.
 */
export async function patiently<T>(deadline: Deadline, work: () => T): Promise<T> {
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error)) throw error
      if (deadline.passed !== undefined) throw deadline.passed
    }
    await turnOfTheLoop()
  }
}

/** Whether an error says that the lock is taken. */
export const isBusy = (error: unknown): boolean => error instanceof StoreError && error.failure === 'busy'
