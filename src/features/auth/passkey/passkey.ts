// What passkeys are made of: who asks, what is stored of one, and what a sign-in with it proves.
import type { Clock } from '../../../base/clock.ts'
import type { Random } from '../../../base/random.ts'
import type { ChallengeStore } from './challenge.ts'

/** Who asks: the domain that passkeys belong to, and the origins its pages have. */
export interface RelyingParty {
  readonly id: string
  readonly name: string
  readonly origins: readonly string[]
}

export interface PasskeyMeans {
  readonly party: RelyingParty
  readonly challenges: ChallengeStore
  readonly clock: Clock
  readonly random: Random
}

/** A passkey as it is stored. */
export interface Passkey {
  /** Unique over all accounts: a passkey that is there already must be refused by the table. */
  readonly id: string
  readonly account: string
  /** COSE, base64url. */
  readonly publicKey: string
  readonly counter: number
  /** May it be on several devices? It never changes. */
  readonly synced: boolean
  readonly backedUp: boolean
  readonly transports: readonly string[]
}

/** What a sign-in proved. Store counter and backedUp with `where counter = <the one read>`, so that a copy shows. */
export interface PasskeyProof {
  readonly account: string
  readonly passkey: string
  readonly counter: number
  readonly backedUp: boolean
  /** Did the person prove who they are to the device? Then it is two factors in one. */
  readonly verified: boolean
}

/** The user handle: bytes the device keeps beside the passkey, and gives back when it says who it is. */
export function handleOf(account: string): string {
  return Buffer.from(account).toString('base64url')
}
