// An application by its id, declared or registered, as the library knows it.
import { hash } from 'node:crypto'
import type { AllClientMetadata } from 'oidc-provider'
import { isId } from '../../base/id.ts'
import type { House } from '../../call/house.ts'
import type { ClientKind, DeclaredClient } from '../../define/provider.ts'
import type { Id } from '../../define/infer.ts'
import type { Row } from '../../define/resource.ts'
import type { ClientDraft } from './client_rules.ts'
import { rowBy } from '../../call/look_up.ts'
import { clients } from './nouns.ts'

/** An application that may be signed in to. */
export interface KnownClient extends ClientDraft {
  readonly id: string
  /** Who it is where it acts for itself: a UUID. */
  readonly actor: string
  /** SHA-256 of its secret, base64url. */
  readonly secretHash: string | undefined
  /** The row of one that an administrator registered. */
  readonly registered: Id<(typeof clients)['name']> | null
}

/** What is asked for where nothing else is said. */
const usualScopes: Readonly<Record<ClientKind, readonly string[]>> = Object.freeze({
  server: ['openid', 'email'],
  browser: ['openid', 'email'],
  native: ['openid', 'email'],
  machine: [],
})

/** A declared application with all that it left out. */
export const draftOf = ({ name, kind, ...said }: DeclaredClient): ClientDraft => ({
  name,
  kind,
  redirectUris: said.redirectUris ?? [],
  postLogoutRedirectUris: said.postLogoutRedirectUris ?? [],
  scopes: said.scopes ?? usualScopes[kind],
  idTokenAlgorithm: said.idTokenAlgorithm ?? 'ES256',
  roles: said.roles ?? [],
  firstParty: said.firstParty ?? false,
  introspects: said.introspects ?? false,
})

/** The hash that a secret is kept as and compared by; it has 256 random bits, or was checked to be long. */
export const secretHashOf = (secret: string): string => hash('sha256', secret, 'base64url')

/** The application with this id; undefined for none. */
export async function clientOf(house: House, id: string): Promise<KnownClient | undefined> {
  const declared = house.model.app.options.provider?.clients?.find((one) => one.id === id)
  if (declared !== undefined) return declaredOf(house, declared)
  if (!isId(id)) return undefined
  const row = await rowBy(house, clients, { id })
  return row && registeredOf(row)
}

function declaredOf({ services }: House, declared: DeclaredClient): KnownClient {
  const { id, secretFrom } = declared
  const secret = secretFrom === undefined ? undefined : services.clientSecrets?.[secretFrom]
  return {
    ...draftOf(declared),
    id,
    actor: actorOf(id),
    secretHash: secret === undefined ? undefined : secretHashOf(secret),
    registered: null,
  }
}

// RFC 9562 §5.8: a UUID of our own making, the same each time for the same name.
function actorOf(id: string): string {
  const hex = hash('sha256', `plinth oauth client ${id}`, 'hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

const words = (text: string): string[] => (text === '' ? [] : text.split(' '))
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/** One with a row, as it is known. */
export const registeredOf = (row: Row<typeof clients>): KnownClient => ({
  id: row.id,
  actor: row.id,
  name: row.name,
  kind: row.kind,
  redirectUris: texts(row.redirectUris),
  postLogoutRedirectUris: texts(row.postLogoutRedirectUris),
  scopes: words(row.scopes),
  idTokenAlgorithm: row.idTokenAlgorithm,
  roles: words(row.roles),
  firstParty: row.firstParty,
  introspects: row.introspects,
  secretHash: row.secretHash ?? undefined,
  registered: row.id,
})

const person = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code' as const] }
const kinds = Object.freeze({
  server: { ...person, application_type: 'web', token_endpoint_auth_method: 'client_secret_basic' },
  browser: { ...person, application_type: 'web', token_endpoint_auth_method: 'none' },
  native: { ...person, application_type: 'native', token_endpoint_auth_method: 'none' },
  machine: {
    grant_types: ['client_credentials'],
    response_types: [],
    application_type: 'web',
    token_endpoint_auth_method: 'client_secret_basic',
  },
} satisfies Record<ClientKind, AllClientMetadata>)

/** The same in the words of RFC 7591. In the place of the secret stands its hash, which is what is compared. */
export const metadataOf = (client: KnownClient): AllClientMetadata => ({
  ...kinds[client.kind],
  client_id: client.id,
  client_name: client.name,
  id_token_signed_response_alg: client.idTokenAlgorithm,
  ...(client.secretHash !== undefined && { client_secret: client.secretHash }),
  redirect_uris: [...client.redirectUris],
  post_logout_redirect_uris: [...client.postLogoutRedirectUris],
  ...(client.scopes.length > 0 && { scope: client.scopes.join(' ') }),
})
