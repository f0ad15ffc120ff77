// Where the library keeps what it gives out: our tables, by hashes, sealed, used once by one conditional statement.
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'
import { Problem } from '../../base/pure/problem.ts'
import type { Deed } from '../../call/deed.ts'
import type { House } from '../../call/house.ts'
import { outageOf } from '../../call/refusal.ts'
import { transact } from '../../call/transact.ts'
import { wakeAbout, type Work } from '../../call/work.ts'
import type { Row } from '../../define/resource.ts'
import type { Tx } from '../../define/tx.ts'
import { sessions } from '../accounts/index.ts'
import { aliveGrant, aliveSession } from './alive.ts'
import { clientOf, metadataOf } from './clients.ts'
import { deedOf, noteFailure } from './deed.ts'
import { findGrant, revokeGrant } from './grants.ts'
import { hashOf } from './hashes.ts'
import type { OauthLibrary } from './library.ts'
import { rowBy } from '../../call/look_up.ts'
import { artifacts, grants } from './nouns.ts'
import { isOfNow } from './of_now.ts'
import { isRenamed, type SessionId, signedInSession } from './session_link.ts'

const locked = { isolation: 'locked' } as const

/** What the adapter of one kind works with. */
export interface Shelf {
  readonly house: House
  readonly library: OauthLibrary
  readonly kind: string
  /** Uses something up; false where it was used before. Tests put a faulty one in its place. */
  readonly use: typeof useOnce
}

/** The adapters of a house, one for each kind of thing. */
export function createAdapters(house: House, library: OauthLibrary, use = useOnce): AdapterFactory {
  return (kind) => telling(library, adapterOf({ house, library, kind, use }))
}

function adapterOf(shelf: Shelf): Adapter {
  const { house, library, kind } = shelf
  if (kind === 'Client') return { ...unused, find: (id) => findClient(house, id) }
  if (kind === 'Grant') return grantAdapter(shelf)
  return {
    ...unused,
    find: (id) => findArtifact(shelf, { hash: hashOf(kind, id) }),
    findByUid: (uid) => findArtifact(shelf, { uidHash: hashOf('uid', uid) }),
    upsert: (id, payload, seconds) => put(shelf, id, payload, seconds),
    consume: (id) => consume(shelf, id),
    destroy: (id) => destroy(shelf, id),
    revokeByGrantId: (id) => revokeGrant(house, deed(shelf, 'revoke'), id, wasUsed(library)),
  }
}

/** The library answers every failure of a table with the same 500; what the failure was, the door is told beside it. */
function telling({ Provider }: OauthLibrary, adapter: Adapter): Adapter {
  const told = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer
    } catch (error) {
      const problem = error instanceof Problem ? error : outageOf(error)
      if (problem === undefined) throw error
      noteFailure(Provider.ctx?.req, problem)
      throw new Error(problem.message, { cause: error })
    }
  }
  return {
    ...adapter,
    find: (id) => told(adapter.find(id)),
    findByUid: (uid) => told(adapter.findByUid(uid)),
    upsert: (id, payload, seconds) => told(adapter.upsert(id, payload, seconds)),
    consume: (id) => told(adapter.consume(id)),
    destroy: (id) => told(adapter.destroy(id)),
    revokeByGrantId: (id) => told(adapter.revokeByGrantId(id)),
  }
}

function refuse(): never {
  throw new TypeError('the library asks for what this kind of thing has not')
}
const unused: Adapter = {
  find: refuse,
  findByUid: refuse,
  findByUserCode: refuse,
  upsert: refuse,
  consume: refuse,
  destroy: refuse,
  revokeByGrantId: refuse,
}

const deed = ({ library, kind }: Shelf, step: string): Deed => deedOf(`${kind}.${step}`, library.Provider.ctx?.req)

async function findClient(house: House, id: string): Promise<AdapterPayload | undefined> {
  const client = await clientOf(house, id)
  return client && metadataOf(client)
}

const grantAdapter = (shelf: Shelf): Adapter => ({
  ...unused,
  find: (id) => findGrant(shelf.house, id),
  destroy: (id) => revokeGrant(shelf.house, deed(shelf, 'revoke'), id, wasUsed(shelf.library)),
})

/** Is it the token endpoint that revokes? It does so only where something used up came again. */
const wasUsed = ({ Provider }: OauthLibrary): boolean => Provider.ctx?.oidc.route === 'token'

type Match = { readonly hash: string } | { readonly uidHash: string }

async function findArtifact({ house }: Shelf, match: Match): Promise<AdapterPayload | undefined> {
  const row = await rowBy(house, artifacts, match)
  if (row === undefined || !isOfNow(row, house.clock.ms())) return undefined
  if (row.grant !== null && (await aliveGrant(house, { id: row.grant })) === undefined) return undefined
  if (row.session !== null && (await aliveSession(house, row.session)) === undefined) return undefined
  const payload = JSON.parse(row.payload.reveal()) as AdapterPayload // sealed by us for this row, so `put` wrote it
  return { ...payload, ...(row.consumedAt && { consumed: Math.floor(row.consumedAt.getTime() / 1_000) }) }
}

async function put(shelf: Shelf, id: string, payload: AdapterPayload, seconds = 0): Promise<void> {
  const { house, library, kind } = shelf
  const client = kind === 'ClientCredentials' ? await clientOf(house, payload.clientId ?? '') : undefined
  await transact(house, deed(shelf, 'put'), locked, async (tx) => {
    const grant = payload.grantId === undefined || kind === 'Interaction' ? null : await lockGrant(tx, shelf, payload)
    const row = {
      kind,
      hash: hashOf(kind, id),
      payload: JSON.stringify(payload),
      endsAt: new Date(tx.now.getTime() + seconds * 1_000),
    }
    const uidHash = kind === 'Session' && payload.uid !== undefined ? hashOf('uid', payload.uid) : null
    const session = kind === 'Session' ? signedInSession(library) : undefined
    const [there] = await tx.find(artifacts, uidHash === null ? { hash: row.hash } : { uidHash })
    if (there !== undefined) {
      await tx.update(artifacts, there.id, { ...row, ...(session !== undefined && { session }) })
      // After the row is the new session's: with the old one goes all that is still its.
      if (session !== undefined && there.session !== null) await takeOver(tx, there.session, session)
      return
    }
    const bonds = { grant: grant?.id ?? null, session: session ?? null, registered: client?.registered ?? null }
    await tx.create(artifacts, { ...row, uidHash, ...bonds })
  })
}

/** Who proved anew who they are has a new session in the place of the old one, with all that was granted in that. */
async function takeOver(tx: Tx, before: SessionId, after: SessionId): Promise<void> {
  if (before === after) return
  for (const { id } of await tx.find(grants, { session: before }, { limit: 1_000 }))
    await tx.update(grants, id, { session: after })
  await endSession(tx, before)
}

/** The grant of something new, locked. Its session is used: locked first, as whoever ends it does. */
async function lockGrant(tx: Tx, { library }: Shelf, { grantId = '' }: AdapterPayload): Promise<Row<typeof grants>> {
  const [found] = await tx.find(grants, { hash: hashOf('Grant', grantId) })
  const [session] = found === undefined ? [] : await tx.find(sessions, { id: found.session })
  if (found === undefined || session === undefined) throw new library.errors.InvalidGrant('grant not found')
  if (tx.now.getTime() - session.usedAt.getTime() > touchMs) await tx.update(sessions, session.id, { usedAt: tx.now })
  return tx.lock(grants, found.id)
}

/** A session is not written oftener than this. */
const touchMs = 60_000

/**
 * Uses a code or a token up. Of any number at once, in however many processes, one comes first: the others fail, and
 * take with them what the first was given, because nobody can tell which of them was the thief (RFC 9700 §4.14.2).
 */
async function consume(shelf: Shelf, id: string): Promise<void> {
  const { house, library, kind, use } = shelf
  const isFirst = await transact(house, deed(shelf, 'use'), locked, (tx) => use(tx, hashOf(kind, id)))
  if (isFirst) return
  if (kind === 'PushedAuthorizationRequest') throw new library.errors.InvalidRequestUri('it was used already')
  const used = await findArtifact(shelf, { hash: hashOf(kind, id) })
  if (used?.grantId !== undefined) await revokeGrant(house, deed(shelf, 'revoke'), used.grantId, true)
  throw new library.errors.InvalidGrant('it was used already')
}

/** One conditional statement: true for whoever finds it unused. */
export async function useOnce(tx: Tx, hash: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .sql({ artifacts })
    .updateTable('artifacts')
    .set({ consumedAt: tx.now })
    .where('hash', '=', hash)
    .where('consumedAt', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

async function destroy(shelf: Shelf, id: string): Promise<void> {
  const { house, library, kind } = shelf
  // A session that only gets another first name keeps its row, which `put` finds by the second.
  if (kind === 'Session' && isRenamed(library, id)) return
  await transact(house, deed(shelf, 'end'), locked, async (tx, work) => {
    const [row] = await tx.find(artifacts, { hash: hashOf(kind, id) })
    if (row === undefined) return
    await deleteIfThere(() => tx.delete(artifacts, row.id))
    if (row.session !== null) await endSession(tx, row.session)
    await wake(tx, work, row)
  })
}

/** Who signs out here signs out: the session ends, with every grant of it. */
async function endSession(tx: Tx, id: SessionId): Promise<void> {
  const [session] = await tx.find(sessions, { id })
  if (session !== undefined) await deleteIfThere(() => tx.delete(sessions, session.id))
}

/** Another request may be at the same: then it is gone, which is all that was wanted. */
async function deleteIfThere(deleting: () => Promise<void>): Promise<void> {
  try {
    await deleting()
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'not_found') throw error
  }
}

/** Processes that remember a token forget it: with what else its owner has, or with all for who has no account. */
async function wake(tx: Tx, work: Work, { grant }: Row<typeof artifacts>): Promise<void> {
  const [found] = grant === null ? [] : await tx.find(grants, { id: grant })
  if (found === undefined) work.channels.add('sessions')
  else wakeAbout(work, 'sessions', found.account)
}
