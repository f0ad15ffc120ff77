// States and codes that many bring at once, and the fault that lets more than one of them in.
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { ownedClock } from '../../../base/clock.ts'
import { createLog } from '../../../base/log.ts'
import { seededRandom } from '../../../base/random.ts'
import { createKeyring } from '../../../base/seal.ts'
import { noOne } from '../../../call/caller.ts'
import { fromInside } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { transact } from '../../../call/transact.ts'
import { app, signInWith } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import { modelOf } from '../../../server/features.ts'
import { openHouse } from '../../../server/house.ts'
import type { ModelScene } from '../../../store/suite/test_model.ts'
import { arrivals } from '../../accounts/index.ts'
import { readSecret } from '../token/secret.ts'
import { claim, keep, takeArrival } from './arrivals.ts'
import { beginJourney } from './journey.ts'

export const twins = 50
export const believing = modelOf(
  app('club', {}, { signIn: { providers: [signInWith.google()], returnTo: ['/signed-in'] } }),
)

const verifier = 'v'.repeat(43)
const challenge = hash('sha256', verifier, 'base64url')
const said = { provider: 'google', issuer: 'https://a.example', subject: '1', email: null, isVerified: false }
const deed = { operation: 'test', caller: noOne, origin: fromInside }
const inTx = <T>(house: House, run: (tx: Tx) => Promise<T>): Promise<T> =>
  transact(house, deed, { isolation: 'locked' }, run)

/** A house of its own on the engine of a scene. */
export function houseOf({ engine, model }: ModelScene): House {
  const clock = ownedClock('2026-03-01T12:00:00.000Z')
  const random = seededRandom(1)
  const log = createLog({ level: 'silent', clock })
  const keys = createKeyring('x'.repeat(32), [], random)
  return openHouse({ model, engine, clock, random, keys, log, services: {} }).house
}

const begin = (house: House) => beginJourney(house, { provider: 'google', challenge, returnTo: '/signed-in' }).journey

/** How many of as many as there are twins succeed at once. */
async function successes(take: () => Promise<unknown>): Promise<number> {
  const taken = await Promise.all(Array.from({ length: twins }, take))
  return taken.filter((one) => one !== undefined).length
}

/** How many claim one state, brought by all of them. */
export function claims(house: House): Promise<number> {
  const journey = begin(house)
  return successes(() => claim(house, journey, fromInside))
}

async function codeOf(house: House): Promise<string> {
  const claimed = await claim(house, begin(house), fromInside)
  assert.ok(claimed)
  return keep(house, claimed, said, fromInside)
}

/** How many take one code, brought by all of them. */
export async function takes(house: House): Promise<number> {
  const code = await codeOf(house)
  return successes(() => inTx(house, (tx) => takeArrival(tx, house, { code, verifier })))
}

/** The fault: found in one transaction, used up in the next. */
export async function takesApart(house: House): Promise<number> {
  const found = readSecret('arrival', await codeOf(house)) ?? ''
  return successes(async () => {
    const [arrival] = await inTx(house, (tx) => tx.find(arrivals, { hash: found, step: 'answered' }))
    if (arrival === undefined) return undefined
    await inTx(house, (tx) => tx.update(arrivals, arrival.id, { step: 'taken' }))
    return arrival
  })
}
