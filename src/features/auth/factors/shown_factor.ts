// A factor that somebody shows: read, judged as far as that must wait, then taken in the transaction that it opens.
import { Problem } from '../../../base/pure/problem.ts'
import { noOne } from '../../../call/caller.ts'
import type { Origin } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { transact } from '../../../call/transact.ts'
import { json, type Json, text } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import type { Row } from '../../../define/resource.ts'
import { type accounts, passkeys, recoveryCodes, totps } from '../../accounts/index.ts'
import type { Passkey, PasskeyProof } from '../passkey/passkey.ts'
import { authOf } from '../service.ts'
import { indexOfCode } from '../totp/recovery_codes.ts'
import { stepOfCode } from '../totp/totp.ts'
import { factorsOf } from './account_factors.ts'

/** The fields it comes in, one of them at a time. */
export const factorFields = {
  totp: text({ optional: true, max: 20, example: '123456', description: 'The code of the authenticator app.' }),
  recovery: text({
    optional: true,
    max: 100,
    example: 'XXXX-XXXX-XXXX-XXXX',
    description: 'One of the recovery codes.',
  }),
  passkey: json({ optional: true, maxBytes: 65_536, description: 'What the browser answered, as JSON.' }),
}

export interface FactorInput {
  readonly totp: string | null
  readonly recovery: string | null
  readonly passkey: Json | null
}

/** The one thing that was given. Fails with invalid for none, or for more than one. */
export function givenOf<T extends { readonly [name: string]: unknown }>(input: T): keyof T & string {
  const [first, ...others] = Object.keys(input).filter((name) => input[name] !== null)
  const [, second] = [first, ...others]
  if (first !== undefined && second === undefined) return first
  const names = Object.keys(input).join(', ')
  const code = first === undefined ? 'required' : 'bad_check'
  throw new Problem('invalid', 'Give one proof.', {
    errors: [{ pointer: `/${second ?? names.split(',')[0]}`, code, message: `Give one of ${names}.` }],
  })
}

type Account = Row<typeof accounts>

/** A factor after what must wait was done, and before it is taken. */
export type Shown =
  | { readonly by: 'totp'; readonly code: string }
  | { readonly by: 'recovery'; readonly code: Row<typeof recoveryCodes>['id'] | undefined }
  | { readonly by: 'passkey'; readonly proof: ProvenPasskey | undefined }

export interface ProvenPasskey extends PasskeyProof {
  readonly row: Row<typeof passkeys>['id']
  /** The counter it was judged against. */
  readonly counterBefore: number
  readonly synced: boolean
}

/** Hashes or verifies, outside any transaction. */
export async function judge(house: House, account: string, input: FactorInput, origin: Origin): Promise<Shown> {
  if (input.totp !== null) return { by: 'totp', code: input.totp }
  if (input.recovery === null)
    return { by: 'passkey', proof: await provePasskey(house, { sent: input.passkey, account, origin }) }
  const { codes } = await transact(house, deedOf(origin), { isolation: 'locked' }, (tx) =>
    factorsOf(tx, { id: account }),
  )
  const { bulkhead } = authOf(house).recovery
  const hashes = codes.map(({ hash }) => hash)
  const at = await indexOfCode(hashes, input.recovery, { bulkhead })
  return { by: 'recovery', code: at === undefined ? undefined : codes[at]?.id }
}

export interface SentPasskey {
  readonly sent: unknown
  /** Undefined where the passkey is to say whose it is. */
  readonly account: string | undefined
  readonly origin: Origin
}

/** Believes what a passkey signed, or says in the log why not. Its challenge is used up either way. */
export async function provePasskey(
  house: House,
  { sent, account, origin }: SentPasskey,
): Promise<ProvenPasskey | undefined> {
  const found: Row<typeof passkeys>[] = []
  const find = async (credential: string): Promise<Passkey | undefined> => {
    const [row] = await transact(house, deedOf(origin), { isolation: 'locked' }, (tx) =>
      tx.find(passkeys, { credential }),
    )
    if (row === undefined) return undefined
    found.push(row)
    return { ...row, id: row.credential, transports: row.transports.split(' ') }
  }
  const proof = await authOf(house).passkeys.finishSignIn(sent, find, account)
  const [row] = found
  if (!('refused' in proof) && row !== undefined)
    return { ...proof, row: row.id, counterBefore: row.counter, synced: row.synced }
  const why = 'refused' in proof ? proof.refused : 'there is no such passkey'
  house.log.warn({ request: origin.requestId, why }, 'a passkey was refused')
  return undefined
}

const deedOf = (origin: Origin) => ({ operation: 'auth.factor', caller: noOne, origin })

/**
 * Takes what was shown, once: whoever holds the account's row locked is the only one to take its factors. Answers how
 * the person proved it, by names of RFC 8176; undefined for what is wrong, or was taken before.
 */
export async function takeFactor(
  tx: Tx,
  house: House,
  account: Account,
  shown: Shown,
): Promise<readonly string[] | undefined> {
  if (shown.by === 'totp') return (await takeTotp(tx, house, account, shown.code)) ? ['otp', 'mfa'] : undefined
  if (shown.by === 'passkey') return shown.proof && takePasskey(tx, account, shown.proof)
  const [code] = shown.code === undefined ? [] : await tx.find(recoveryCodes, { id: shown.code, account: account.id })
  if (code === undefined) return undefined
  await tx.delete(recoveryCodes, code.id)
  return ['otp', 'mfa']
}

async function takeTotp(tx: Tx, house: House, account: Account, code: string): Promise<boolean> {
  const { totp } = await factorsOf(tx, account)
  if (totp === undefined) return false
  const step = stepOfCode(totp.seed.reveal(), code, { nowMs: house.clock.ms(), lastStep: totp.lastStep })
  if (step === undefined) return false
  await tx.update(totps, totp.id, { lastStep: step })
  return true
}

/** Takes a passkey's proof, if its counter still is the one that it was judged against. */
export async function takePasskey(
  tx: Tx,
  account: Pick<Account, 'id'>,
  { row, counterBefore, counter, backedUp, synced }: ProvenPasskey,
): Promise<readonly string[] | undefined> {
  const [passkey] = await tx.find(passkeys, { id: row, account: account.id, counter: counterBefore })
  if (passkey === undefined) return undefined
  await tx.update(passkeys, passkey.id, { counter, backedUp, usedAt: tx.now })
  return [synced ? 'swk' : 'hwk', 'mfa']
}
