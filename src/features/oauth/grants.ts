// Grants: one sign-in of a person to an application, made by us, read by the library, and revoked as a whole.
import type { AdapterPayload } from 'oidc-provider'
import type { Deed } from '../../call/deed.ts'
import type { House } from '../../call/house.ts'
import { transact } from '../../call/transact.ts'
import type { Row } from '../../define/resource.ts'
import type { Tx } from '../../define/tx.ts'
import { accounts } from '../accounts/index.ts'
import { headOf, securityLetter } from '../auth/index.ts'
import { promiseMail } from '../mail/index.ts'
import { aliveGrant, type AliveSession } from './alive.ts'
import type { KnownClient } from './clients.ts'
import { hashOf } from './hashes.ts'
import { consents, grants } from './nouns.ts'

const locked = { isolation: 'locked' } as const

/** What is granted: to whom, in which session, and for what. */
export interface Granting extends AliveSession {
  readonly client: KnownClient
  readonly scopes: readonly string[]
}

/** Makes a grant and answers its id, which the library knows it by. */
export async function makeGrant(house: House, deed: Deed, granting: Granting): Promise<string> {
  const id = Buffer.from(house.random.bytes(32)).toString('base64url')
  await transact(house, deed, locked, async (tx) => {
    const consent = await consentOf(tx, granting)
    await tx.create(grants, { ...rowOf(granting, id), consent: consent?.id ?? null })
  })
  return id
}

// It says no time of its own: the library would hold the clock of one process against that of another.
function rowOf({ client, session, account, scopes }: Granting, id: string) {
  const openid = { scope: scopes.join(' ') }
  const payload = { jti: id, kind: 'Grant', accountId: account.id, clientId: client.id, openid }
  return {
    hash: hashOf('Grant', id),
    account: account.id,
    session: session.id,
    client: client.id,
    registered: client.registered,
    scopes: scopes.join(' '),
    payload: JSON.stringify(payload),
  }
}

/** The consent that a grant stands on; none where nobody is asked. */
async function consentOf(
  tx: Tx,
  { client, account }: Pick<Granting, 'client' | 'account'>,
): Promise<Row<typeof consents> | undefined> {
  if (client.firstParty) return undefined
  return (await tx.find(consents, { account: account.id, client: client.id }))[0]
}

/** The scopes that the person let the application have, ever and not taken back. */
export async function consentedScopes(house: House, deed: Deed, granting: Granting): Promise<ReadonlySet<string>> {
  const consent = await transact(house, deed, locked, (tx) => consentOf(tx, granting))
  return new Set(consent?.scopes.split(' '))
}

/** Remembers what a person allowed; the first time their owner is written to. */
export async function rememberConsent(house: House, deed: Deed, { client, account, scopes }: Granting): Promise<void> {
  await transact(house, deed, locked, async (tx, work) => {
    const owner = await tx.lock(accounts, account.id) // of two tabs at once, one makes the row and one adds to it
    const [there] = await tx.find(consents, { account: owner.id, client: client.id })
    const all = [...new Set([...(there?.scopes.split(' ') ?? []), ...scopes])].join(' ')
    if (there !== undefined) return void (await tx.update(consents, there.id, { scopes: all, name: client.name }))
    const { id, name, registered } = client
    await tx.create(consents, { account: owner.id, client: id, name, scopes: all, registered })
    await promiseMail(work, owner.email, securityLetter(headOf(house), 'appAllowed', work.now))
    return undefined
  })
}

/** The grant as the library reads it; undefined where it does not hold any more. */
export async function findGrant(house: House, id: string): Promise<AdapterPayload | undefined> {
  const alive = await aliveGrant(house, { hash: hashOf('Grant', id) })
  // Sealed by us, for this row: so it is what `rowOf` wrote.
  return alive && (JSON.parse(alive.grant.payload.reveal()) as AdapterPayload)
}

/**
 * Revokes a grant with all that was issued for it. The row stays until its session ends: an exchange that is on its
 * way writes its token below it, and that token is dead too.
 */
export async function revokeGrant(house: House, deed: Deed, id: string, reused = false): Promise<void> {
  await transact(house, deed, locked, async (tx, work) => {
    const [found] = await tx.find(grants, { hash: hashOf('Grant', id) })
    if (found === undefined || found.revokedAt !== null) return
    const grant = await tx.lock(grants, found.id)
    if (grant.revokedAt !== null) return
    await tx.update(grants, grant.id, { revokedAt: tx.now })
    if (!reused) return
    const owner = await tx.get(accounts, grant.account)
    await promiseMail(work, owner.email, securityLetter(headOf(house), 'tokenReused', work.now))
  })
}
