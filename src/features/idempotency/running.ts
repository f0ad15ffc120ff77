// Which keys this process is at work for: a twin of a running call is told so at once, and takes nobody's connection.
import { Problem } from '../../base/pure/problem.ts'
import type { Keyed } from '../../call/keyed.ts'

/** The keys of calls that run in this process. */
export interface Running {
  /** Runs work, unless work for the same key runs already: then it fails with conflict. */
  hold<T>(keyed: Keyed | undefined, work: () => Promise<T>): Promise<T>
}

/** Makes the list of a house, empty. */
export function createRunning(): Running {
  const hashes = new Set<string>()
  const alone = async <T>(hash: string, work: () => Promise<T>): Promise<T> => {
    if (hashes.has(hash)) throw stillRunning()
    hashes.add(hash)
    try {
      return await work()
    } finally {
      hashes.delete(hash)
    }
  }
  return Object.freeze({
    hold: <T>(keyed: Keyed | undefined, work: () => Promise<T>) =>
      keyed === undefined ? work() : alone(keyed.hash, work),
  })
}

/** What a twin is told that came too early. */
export const stillRunning = (): Problem =>
  new Problem('conflict', 'A request with this Idempotency-Key is still at work; ask again for its answer.', {
    headers: { 'Retry-After': '1' },
  })
