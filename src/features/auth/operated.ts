// What whoever runs the installation does at its terminal and no client can: accounts and keys made without a session.
import { noOne } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import type { House } from '../../call/house.ts'
import { transact } from '../../call/transact.ts'
import { Problem } from '../../base/pure/problem.ts'
import { isAddress } from '../../define/fields/email.ts'
import { secretLink } from './letters.ts'
import type { Work } from '../../call/work.ts'
import type { Tx } from '../../define/tx.ts'
import type { Row } from '../../define/resource.ts'
import { accounts, serviceAccounts } from '../accounts/index.ts'
import { keyMade } from './flows/api_keys.ts'
import { makeProfile } from './steps/profile.ts'
import { headOf } from './steps/letter_head.ts'
import { makeProof } from './steps/proof.ts'
import { knownScopes } from './steps/scopes_given.ts'

const deedOf = (operation: string) => ({ operation, caller: noOne, origin: fromInside })

/**
 * Makes an account whose address is taken for the person's, without a password. Answers its id and the link by which
 * one is chosen, once. Fails with conflict for an address that has one, and with invalid.
 */
export function addAccount(
  house: House,
  { email, roles }: { readonly email: string; readonly roles: readonly string[] },
) {
  if (!isAddress(email)) throw new Problem('invalid', `"${email}" is no address.`)
  return transact(house, deedOf('terminal.user.add'), {}, async (tx, work) => {
    const account = await tx.create(accounts, { email, roles, verifiedAt: tx.now })
    await makeProfile(tx, work, account.id, undefined)
    return { id: account.id, link: await linkTo(tx, work, account) }
  })
}

/** A link that chooses a new password, once. No letter is sent: it is in the hands of who asked. */
export function resetLink(house: House, email: string): Promise<string> {
  return transact(house, deedOf('terminal.user.reset_link'), {}, async (tx, work) => {
    const [account] = await tx.find(accounts, { email })
    if (account === undefined) throw new Problem('not_found', `There is no account of ${email}.`)
    if (account.state !== 'active') throw new Problem('conflict', 'The account is deactivated.')
    return linkTo(tx, work, account)
  })
}

async function linkTo(tx: Tx, work: Work, account: Row<typeof accounts>): Promise<string> {
  const { secret } = await makeProof(tx, work, account, 'reset')
  return secretLink(headOf(work.house), 'reset', secret)
}

export interface ServiceKey {
  /** The name of the service account; it is made where there is none. */
  readonly service: string
  /** Roles of one that is made; those of one that is there stay. */
  readonly roles: readonly string[]
  readonly name: string
  readonly scopes: readonly string[]
  readonly endsAt: Date | null
}

/** Makes a key of a service account. Fails with invalid or conflict. */
export function addServiceKey(house: House, { service, roles, name, ...wanted }: ServiceKey) {
  const scopes = knownScopes(house.model, wanted.scopes)
  return transact(house, deedOf('terminal.key.add'), {}, async (tx, work) => {
    const { id: serviceAccount } = await serviceOf(tx, service, roles)
    return keyMade(tx, work, { serviceAccount, name, scopes, endsAt: wanted.endsAt })
  })
}

async function serviceOf(tx: Tx, name: string, roles: readonly string[]): Promise<Row<typeof serviceAccounts>> {
  const [found] = await tx.find(serviceAccounts, { name })
  return found ?? tx.create(serviceAccounts, { name, roles })
}
