// Proofs by mail: made with the letter that carries them, taken once by whoever brings them first.
import type { Work } from '../../../call/work.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { proofLimits } from '../../../base/identity_limits.ts'
import { accounts, proofs } from '../../accounts/index.ts'
import { type Letter, promiseMail } from '../../mail/index.ts'
import { type LinkSecret, resetLetter, verifyLetter } from '../letters.ts'
import { createSecret, readSecret } from '../token/secret.ts'
import { headOf } from './letter_head.ts'
import { takeTry, type TryLimit } from './tries.ts'

type Account = Row<typeof accounts>
type Kind = Row<typeof proofs>['kind']

const lives: { readonly [K in Kind]: number } = { verify: proofLimits.verifyMs, reset: proofLimits.resetMs }
const letters = { verify: verifyLetter, reset: resetLetter }

/** Letters of one kind to one person: more of them would be a way to flood somebody. */
export const letterLimit: TryLimit = Object.freeze({
  most: proofLimits.lettersPerHour,
  windowMs: 3_600_000,
  slowFrom: Number.POSITIVE_INFINITY,
})

/** Makes a proof and promises the letter with it. Does nothing once the address got enough of them. */
export async function sendProof(tx: Tx, work: Work, account: Account, kind: Kind): Promise<void> {
  const { house } = work
  if ((await takeTry(tx, house, `letter ${kind} ${account.id}`, letterLimit)) !== undefined) return
  const link = await makeProof(tx, work, account, kind)
  await promiseMail(work, account.email, letters[kind](headOf(house), link))
}

/** Makes a proof; whoever gets it may do what it proves. */
export async function makeProof(tx: Tx, { house, now }: Work, { id }: Account, kind: Kind): Promise<LinkSecret> {
  const secret = createSecret(kind, house.random)
  const endsAt = new Date(now.getTime() + lives[kind])
  await tx.create(proofs, { account: id, kind, hash: secret.hash, endsAt })
  return { secret: secret.text, minutes: lives[kind] / 60_000 }
}

/** Promises a letter that carries no proof. */
export const sendLetter = (work: Work, { email }: Account, letter: Letter): Promise<string> =>
  promiseMail(work, email, letter)

/**
 * Takes a proof and every other of its kind of that account, so that none of them works again; answers the account,
 * locked. Undefined for one that is not good.
 */
export async function takeProof(tx: Tx, kind: Kind, presented: unknown): Promise<Account | undefined> {
  const hash = readSecret(kind, presented)
  const [found] = hash === undefined ? [] : await tx.find(proofs, { hash, kind })
  if (found === undefined) return undefined
  // Whoever has the account's row locked is the only one to take its proofs.
  const account = await tx.lock(accounts, found.account)
  const all = await tx.find(proofs, { account: account.id, kind }, { limit: 1_000 })
  const isThere = all.some(({ id }) => id === found.id)
  for (const { id } of all) await tx.delete(proofs, id)
  return isThere && found.endsAt > tx.now ? account : undefined
}
