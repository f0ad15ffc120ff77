// Asks whether the database answers, and does not wait long for it.
import type { Statement } from '../contract.ts'
import { unavailable } from './failure.ts'
import type { Readers } from './readers.ts'

const PING: Statement = Object.freeze({ text: 'select 1::bigint', reads: ['int'] as const })

/** Resolves when the database answers; fails with 'unavailable' when it does not within `ms`. */
export async function ping(readers: Readers, ms: number): Promise<void> {
  let late: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(unavailable(`PostgreSQL did not answer within ${ms} ms.`)), ms)
  })
  try {
    await Promise.race([readers.query(PING, []), tooLate])
  } finally {
    clearTimeout(late)
  }
}
