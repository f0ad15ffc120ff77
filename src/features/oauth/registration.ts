// Applications that register themselves (RFC 7591) by a token of an administrator, and what they may see and end of it.
import type { Deed } from '../../call/deed.ts'
import type { House } from '../../call/house.ts'
import { rowBy } from '../../call/look_up.ts'
import { transact } from '../../call/transact.ts'
import type { Row } from '../../define/resource.ts'
import type { Tx } from '../../define/tx.ts'
import { createSecret, readSecret, sameHash } from '../auth/index.ts'
import { isId } from '../../base/id.ts'
import { type ClientDraft, hasSecret } from './client_rules.ts'
import { metadataOf, registeredOf } from './clients.ts'
import { clients, registrationTokens } from './nouns.ts'
import { issuerOf, oauthPaths } from './paths.ts'
import { draftFrom, type MetadataFault } from './registration_metadata.ts'

/** What is answered about an application: its metadata, and at its registration its secrets, this once. */
export type Registered = Readonly<Record<string, unknown>>

type Client = Row<typeof clients>

/**
 * Registers an application; undefined where the token is not good. The token is used up in the transaction that makes
 * the application, so of any number at once no more register than it is for.
 */
export async function registerByToken(
  house: House,
  deed: Deed,
  token: string,
  said: unknown,
): Promise<Registered | MetadataFault | undefined> {
  const hash = readSecret('registration', token)
  if (hash === undefined || !isGood(await rowBy(house, registrationTokens, { hash }), house.clock.ms()))
    return undefined
  const draft = draftFrom(house.model, said)
  if ('error' in draft) return draft
  return transact(house, deed, { isolation: 'locked' }, async (tx) => {
    const used = await useToken(tx, hash)
    return used && (await made(house, tx, used, draft))
  })
}

type InitialToken = Row<typeof registrationTokens>

const isGood = (token: InitialToken | undefined, nowMs: number): boolean =>
  token !== undefined && token.used < token.most && nowMs < token.endsAt.getTime()

async function useToken(tx: Tx, hash: string): Promise<InitialToken | undefined> {
  const [found] = await tx.find(registrationTokens, { hash })
  const locked = found && (await tx.lock(registrationTokens, found.id))
  if (locked === undefined || !isGood(locked, tx.now.getTime())) return undefined
  return tx.update(registrationTokens, locked.id, { used: locked.used + 1 })
}

async function made(house: House, tx: Tx, token: InitialToken, draft: ClientDraft): Promise<Registered> {
  const secret = hasSecret(draft.kind) ? createSecret('client', house.random) : undefined
  const own = createSecret('registered', house.random)
  const row = await tx.create(clients, {
    ...draft,
    scopes: draft.scopes.join(' '),
    roles: '',
    secretHash: secret?.hash ?? null,
    secretHint: secret?.hint ?? null,
    registrationToken: token.id,
    registrationHash: own.hash,
  })
  const secrets = secret === undefined ? {} : { client_secret: secret.text, client_secret_expires_at: 0 }
  return { ...shownOf(house, row, own.text), ...secrets }
}

/** What an application may see of itself by its own token; undefined where the token is not its. */
export async function seeRegistered(house: House, id: string, token: string): Promise<Registered | undefined> {
  const row = await ownClient(house, id, token)
  return row && shownOf(house, row, token)
}

/** Ends an application, with all that it was given; false where the token is not its. */
export async function endRegistered(house: House, deed: Deed, id: string, token: string): Promise<boolean> {
  const row = await ownClient(house, id, token)
  if (row === undefined) return false
  return transact(house, deed, { isolation: 'locked' }, async (tx) => {
    const [found] = await tx.find(clients, { id: row.id })
    if (found === undefined) return false
    await tx.delete(clients, found.id)
    return true
  })
}

async function ownClient(house: House, id: string, token: string): Promise<Client | undefined> {
  const hash = readSecret('registered', token)
  const row = hash === undefined || !isId(id) ? undefined : await rowBy(house, clients, { id })
  const kept = row?.registrationHash
  return hash !== undefined && typeof kept === 'string' && sameHash(kept, hash) ? row : undefined
}

function shownOf(house: House, row: Client, token: string): Registered {
  const { client_secret: _hash, ...metadata } = metadataOf(registeredOf(row))
  return {
    ...metadata,
    client_id_issued_at: Math.floor(row.createdAt.getTime() / 1_000),
    registration_access_token: token,
    registration_client_uri: `${issuerOf(house)}${oauthPaths.registration}/${row.id}`,
  }
}
