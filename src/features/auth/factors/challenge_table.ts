// Challenges of passkeys in a table: whichever process gets the answer finds what another one asked.
import { Problem } from '../../../base/pure/problem.ts'
import { noOne } from '../../../call/caller.ts'
import { fromInside } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { transact } from '../../../call/transact.ts'
import { challenges } from '../../accounts/index.ts'
import type { ChallengeStore } from '../passkey/challenge.ts'

const deed = { operation: 'auth.challenge', caller: noOne, origin: fromInside }
const locked = { isolation: 'locked' } as const

/** The store of a house. What is taken is gone, whatever comes of the answer: each is a transaction of its own. */
export function createChallengeTable(house: House): ChallengeStore {
  return Object.freeze({
    put: ({ expiresMs, ...challenge }: Parameters<ChallengeStore['put']>[0]) =>
      transact(house, deed, locked, async (tx) => {
        await tx.create(challenges, { ...challenge, endsAt: new Date(expiresMs) })
      }),
    take: (text: string) =>
      transact(house, deed, locked, async (tx) => {
        const [found] = isOurs(text) ? await tx.find(challenges, { text }) : []
        if (found === undefined || !(await isDeleted(() => tx.delete(challenges, found.id)))) return undefined
        const { purpose, account, verified, endsAt } = found
        return { text, purpose, account, verified, expiresMs: endsAt.getTime() }
      }),
  })
}

// What an answer names is anybody's text, with signs that no column holds.
const isOurs = (text: string): boolean => /^[\w-]{43}$/.test(text)

/** Of several that delete a row, one does. */
async function isDeleted(deleting: () => Promise<void>): Promise<boolean> {
  try {
    await deleting()
    return true
  } catch (error) {
    if (error instanceof Problem && error.code === 'not_found') return false
    throw error
  }
}
