// Takes away what was answered to somebody: the end of an account leaves none of its answers behind.
import type { Tx } from '../../define/tx.ts'
import { answers } from './answers.ts'

/** Forgets every answer that is kept for a caller; a retry of theirs that still comes is asked anew who it is. */
export async function forgetAnswersOf(tx: Tx, subject: string): Promise<void> {
  await tx.sql({ answers }).deleteFrom('answers').where('subject', '=', subject).execute()
}
