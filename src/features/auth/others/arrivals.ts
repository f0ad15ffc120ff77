// People on their way back: a state is used up once, and the code it gives is taken once, by who has the verifier.
import { hash } from 'node:crypto'
import { otherLimits } from '../../../base/identity_limits.ts'
import { Problem } from '../../../base/pure/problem.ts'
import { noOne } from '../../../call/caller.ts'
import type { Origin } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { transact } from '../../../call/transact.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { arrivals } from '../../accounts/index.ts'
import { lockIfThere } from '../steps/lock_if_there.ts'
import { createSecret, readSecret, sameHash } from '../token/secret.ts'
import type { Journey } from './journey.ts'
import type { Said } from './said.ts'

type Arrival = Row<typeof arrivals>

const purpose = 'what another service said'
const locked = { isolation: 'locked' } as const
const deedOf = (origin: Origin) => ({ operation: 'auth.oauth.callback', caller: noOne, origin })

/** Uses the state of a way up. Of any number that bring it, on any process, one gets the row; the others undefined. */
export async function claim(house: House, journey: Journey, origin: Origin): Promise<Arrival['id'] | undefined> {
  const state = house.keys.mac('state of a way', journey.state)
  try {
    return await transact(house, deedOf(origin), locked, async (tx) => {
      const endsAt = new Date(journey.endsMs)
      return (await tx.create(arrivals, { state, challenge: journey.challenge, endsAt })).id
    })
  } catch (error) {
    if (error instanceof Problem && error.code === 'conflict') return undefined
    throw error
  }
}

/** Lets the state be used after all: the service could not be asked, and nothing was lost. */
export function release(house: House, id: Arrival['id'], origin: Origin): Promise<void> {
  return transact(house, deedOf(origin), locked, (tx) => tx.delete(arrivals, id))
}

/** Keeps what the service said, for the code that is answered here and kept nowhere. */
export function keep(house: House, id: Arrival['id'], said: Said, origin: Origin): Promise<string> {
  const code = createSecret('arrival', house.random)
  const sealed = house.keys.sealWith(purpose, code.text, JSON.stringify(said), code.hash)
  return transact(house, deedOf(origin), locked, async (tx) => {
    const codeEndsAt = new Date(tx.now.getTime() + otherLimits.codeMs)
    await tx.update(arrivals, id, { step: 'answered', hash: code.hash, said: sealed, codeEndsAt })
    return code.text
  })
}

/**
 * Takes a code, once: also with a wrong verifier, because then somebody else has it. Answers what the service said;
 * undefined for a code that is not good.
 */
export async function takeArrival(
  tx: Tx,
  house: House,
  { code, verifier }: { readonly code: string; readonly verifier: string },
): Promise<Said | undefined> {
  const found = readSecret('arrival', code)
  const [seen] = found === undefined ? [] : await tx.find(arrivals, { hash: found })
  const arrival = seen && (await lockIfThere(tx, arrivals, seen.id))
  if (arrival === undefined || arrival.step !== 'answered') return undefined
  const { said, codeEndsAt, challenge } = arrival
  // The row stays: it keeps the state from being used again.
  await tx.update(arrivals, arrival.id, { step: 'taken', said: null })
  if (said === null || codeEndsAt === null || codeEndsAt <= tx.now) return undefined
  if (!sameHash(challenge, hash('sha256', verifier, 'base64url'))) return undefined
  const opened = house.keys.openWith(purpose, code, said, arrival.hash ?? '')
  return opened === undefined ? undefined : (JSON.parse(opened) as Said) // only `keep` writes what opens with this code
}
