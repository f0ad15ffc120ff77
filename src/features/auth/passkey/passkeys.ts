// The verbs of passkeys: ask for one, believe it, ask for a signature, believe that.
import type { PasskeyRefusal } from './answer.ts'
import { creationOptions, requestOptions, type BrowserOptions, type PasskeyOwner } from './browser_options.ts'
import { createChallenge, type Challenge } from './challenge.ts'
import type { Passkey, PasskeyMeans, PasskeyProof } from './passkey.ts'
import { register } from './registration.ts'
import { signIn } from './sign_in.ts'

export interface Passkeys {
  readonly startRegistration: (owner: PasskeyOwner) => Promise<BrowserOptions>
  readonly finishRegistration: (account: string, sent: unknown) => Promise<Passkey | PasskeyRefusal>
  /** For an account that gave its password, or for whoever comes (then the device proves who it is, or is refused). */
  readonly startSignIn: (owner?: Pick<PasskeyOwner, 'account' | 'passkeys'>) => Promise<BrowserOptions>
  /** `account` is the one that gave its password; undefined where the passkey alone says who it is. */
  readonly finishSignIn: (
    sent: unknown,
    find: (id: string) => Promise<Passkey | undefined>,
    account?: string,
  ) => Promise<PasskeyProof | PasskeyRefusal>
}

/** Makes the verbs of passkeys. The package that verifies is loaded by the first answer. */
export function createPasskeys(means: PasskeyMeans): Passkeys {
  const { challenges, clock, random } = means
  const ask = async (asked: Omit<Challenge, 'text' | 'expiresMs'>): Promise<string> => {
    const challenge = createChallenge(asked, clock, random)
    await challenges.put(challenge)
    return challenge.text
  }
  return Object.freeze({
    startRegistration: async (owner: PasskeyOwner) => {
      const text = await ask({ purpose: 'register', account: owner.account, verified: true })
      return creationOptions(means.party, owner, text)
    },
    finishRegistration: (account: string, sent: unknown) => register(means, account, sent),
    startSignIn: async (owner?: Pick<PasskeyOwner, 'account' | 'passkeys'>) => {
      const verified = owner === undefined
      const text = await ask({ purpose: 'sign_in', account: owner?.account ?? null, verified })
      return requestOptions(means.party, owner?.passkeys ?? [], text, verified)
    },
    finishSignIn: (sent: unknown, find: (id: string) => Promise<Passkey | undefined>, account?: string) =>
      signIn(means, sent, find, account),
  })
}
