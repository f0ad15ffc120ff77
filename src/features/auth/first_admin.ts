// The first administrator: named by the environment, or made once in development, so that somebody can sign in.
import type { Random } from '../../base/random.ts'
import { noOne } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import type { House } from '../../call/house.ts'
import { transact } from '../../call/transact.ts'
import type { Model } from '../../define/model.ts'
import { accounts, adminRole } from '../accounts/index.ts'
import { hashNew } from './steps/passwords_set.ts'

export interface Credentials {
  readonly email: string
  readonly password: string
}

const deed = { operation: 'auth.first_admin', caller: noOne, origin: fromInside }

/**
 * Makes the administrator that is named, with every role the app's rules ask for; one who is there already keeps the
 * password they have. Answers whether it was made. Fails with invalid for a password that may not be set.
 */
export async function ensureAdmin(house: House, { email, password }: Credentials): Promise<boolean> {
  const there = await transact(house, deed, {}, async (tx) => tx.find(accounts, { email }))
  if (there.length > 0) return false
  const set = await hashNew(house, { password, pointer: '/password', address: email, secondFactor: false })
  const roles = [adminRole, ...rolesNamed(house.model)]
  // Another process may have come first. No profile is made: who looks after the app need not be one of its people.
  const made = await transact(house, deed, {}, (tx) =>
    tx.upsert(accounts, [{ email, ...set, roles, verifiedAt: tx.now }], { by: ['email'], keep: true }),
  )
  return made.length > 0
}

/** Makes an administrator where there is no account at all, and answers their credentials, which are kept nowhere. */
export async function inventAdmin(house: House): Promise<Credentials | undefined> {
  const [anybody] = await transact(house, deed, {}, async (tx) => tx.find(accounts, {}, { limit: 1 }))
  if (anybody !== undefined) return undefined
  const made = { email: `admin@${house.model.name}.example`, password: phrase(house.random) }
  // Of two processes that start at once, one has made it; the password of the other opens nothing.
  return (await ensureAdmin(house, made)) ? made : undefined
}

/** Every role that the app's rules name. */
function rolesNamed(model: Model): string[] {
  const rules = model.operations.flatMap(({ allow }) => allow.callers.filter(({ rule }) => rule === 'role'))
  return [...new Set(rules.map(({ role }) => role).filter((role) => role !== undefined))]
}

/** 100 random bits in five groups. */
function phrase(random: Random): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789_'
  const signs = Array.from(random.bytes(20), (byte) => letters[byte % letters.length])
  return [0, 4, 8, 12, 16].map((from) => signs.slice(from, from + 4).join('')).join('-')
}
