// Whether somebody who is signed in is asked again: a grant that covers what is wanted, or what lets us make one.
import type { Grant, KoaContextWithOIDC } from 'oidc-provider'
import type { House } from '../../call/house.ts'
import { aliveSession, type AliveSession } from './alive.ts'
import { clientOf, type KnownClient } from './clients.ts'
import { deedOf } from './deed.ts'
import { consentedScopes, makeGrant } from './grants.ts'
import { hashOf } from './hashes.ts'
import type { OauthLibrary } from './library.ts'
import { rowBy } from '../../call/look_up.ts'
import { artifacts } from './nouns.ts'
import { signedInSession } from './session_link.ts'

type Context = KoaContextWithOIDC

/** The grant for an authorization request; undefined where the person must be asked. */
export async function existingGrant(house: House, library: OauthLibrary, ctx: Context): Promise<Grant | undefined> {
  const { Grant } = ctx.oidc.provider
  const { session } = ctx.oidc
  const clientId = ctx.oidc.client?.clientId ?? ''
  const decided = ctx.oidc.result?.consent?.grantId
  if (decided !== undefined) return Grant.find(decided)
  const wanted = [...ctx.oidc.requestParamOIDCScopes]
  const earlier = session?.grantIdFor(clientId)
  const found = earlier === undefined ? undefined : await Grant.find(earlier)
  if (found !== undefined && covers(found.getOIDCScope().split(' '), wanted)) return found
  const client = await clientOf(house, clientId)
  const alive = await sessionBehind(house, library, session?.uid ?? '')
  if (client === undefined || alive === undefined) return undefined
  const granting = { ...alive, client, scopes: wanted }
  if (!(await mayAlready(house, ctx, granting))) return undefined
  return Grant.find(await makeGrant(house, deedOf('grant', ctx.req), granting))
}

const covers = (given: Iterable<string>, wanted: readonly string[]): boolean =>
  new Set(wanted).isSubsetOf(new Set(given))

type Granting = AliveSession & { readonly client: KnownClient; readonly scopes: readonly string[] }

async function mayAlready(house: House, ctx: Context, granting: Granting): Promise<boolean> {
  const { client, scopes } = granting
  if (client.firstParty) return covers(client.scopes, scopes)
  return covers(await consentedScopes(house, deedOf('consent.look', ctx.req), granting), scopes)
}

/** The account's session behind a session of the library. */
export async function sessionBehind(
  house: House,
  library: OauthLibrary,
  uid: string,
): Promise<AliveSession | undefined> {
  const opened = signedInSession(library)
  if (opened !== undefined) return aliveSession(house, opened)
  const row = await rowBy(house, artifacts, { uidHash: hashOf('uid', uid) })
  return row?.session ? aliveSession(house, row.session) : undefined
}
