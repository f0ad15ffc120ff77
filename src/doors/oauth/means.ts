// What the OAuth door needs of the house: a way to call the operations of sign-in, and to count who asks.
import type { Answer, Ask } from '../../call/call.ts'
import type { Caller } from '../../call/caller.ts'
import type { House } from '../../call/house.ts'
import type { Operation } from '../../define/operation.ts'

export interface OauthMeans {
  readonly house: House
  readonly call: (operation: Operation, ask: Ask, caller: Caller) => Promise<Answer>
  /** Counts a request of an address; answers the headers to send. Fails with rate_limited. */
  readonly count: (address: string) => Readonly<Record<string, string>>
}
