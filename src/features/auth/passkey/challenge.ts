// Challenges: what a passkey must sign, asked for by us a moment ago, for one purpose, once.
import type { Clock } from '../../../base/clock.ts'
import { factorLimits } from '../../../base/identity_limits.ts'
import type { Random } from '../../../base/random.ts'

/** One challenge and what it was made for. */
export interface Challenge {
  /** 256 random bits, base64url. */
  readonly text: string
  readonly purpose: 'register' | 'sign_in'
  /** The account it was made for; null where a passkey is to say which. */
  readonly account: string | null
  /** Whether the person must prove who they are to their device (a finger, a PIN), and not only be there. */
  readonly verified: boolean
  readonly expiresMs: number
}

/** Where challenges wait. A table serves several processes, the memory one. */
export interface ChallengeStore {
  readonly put: (challenge: Challenge) => Promise<void>
  /** Takes a challenge out; of several that ask for one, one gets it. */
  readonly take: (text: string) => Promise<Challenge | undefined>
}

/** Makes a challenge that lives five minutes. */
export function createChallenge(asked: Omit<Challenge, 'text' | 'expiresMs'>, clock: Clock, random: Random): Challenge {
  const text = Buffer.from(random.bytes(factorLimits.challengeBytes)).toString('base64url')
  return Object.freeze({ ...asked, text, expiresMs: clock.ms() + factorLimits.challengeMs })
}

/** Takes the challenge of an answer, if it is one of ours for this purpose and has not expired. */
export async function takeChallenge(
  store: ChallengeStore,
  text: string,
  purpose: Challenge['purpose'],
  clock: Clock,
): Promise<Challenge | undefined> {
  const challenge = await store.take(text)
  return challenge?.purpose === purpose && challenge.expiresMs > clock.ms() ? challenge : undefined
}

/** A store in memory, for one process. */
export function createChallengeMemory(kept: number = factorLimits.challengesKept): ChallengeStore {
  const known = new Map<string, Challenge>()
  return Object.freeze({
    put: (challenge: Challenge) => {
      if (known.size >= kept) known.delete(known.keys().next().value ?? '')
      known.set(challenge.text, challenge)
      return Promise.resolve()
    },
    take: (text: string) => {
      const found = known.get(text)
      known.delete(text)
      return Promise.resolve(found)
    },
  })
}
