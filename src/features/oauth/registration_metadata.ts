// What a program says of itself to be registered (RFC 7591 §2), judged strictly: what we cannot keep, we do not take.
import { fold } from '../../base/pure/text.ts'
import type { Model } from '../../define/model.ts'
import type { ClientKind, IdTokenAlgorithm } from '../../define/provider.ts'
import { type ClientDraft, faultOf } from './client_rules.ts'
import { scopeWords } from './scope_words.ts'

/** Why nothing is registered, in the words of RFC 7591 §3.2.2. */
export interface MetadataFault {
  readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata' | 'invalid_software_statement'
  readonly error_description: string
}

/** What those may ask for who register themselves. */
export const openScopes = (model: Model): readonly string[] =>
  model.app.options.provider?.registration?.scopes ?? ['openid', 'email']

/**
 * What would make the provider more lenient, or a promise of it that is not kept: other algorithms, keys from an
 * address that we would fetch, sign-ins that must be fresher, an id of one's own choice. The RFC wants what is not
 * understood to be ignored; these are understood, and refused.
 */
const refused: ReadonlySet<string> = new Set([
  'client_id', 'client_secret', 'registration_access_token', 'registration_client_uri', 'jwks', 'jwks_uri',
  'sector_identifier_uri', 'request_uris', 'initiate_login_uri', 'default_max_age', 'default_acr_values',
  'require_auth_time', 'id_token_encrypted_response_alg', 'id_token_encrypted_response_enc',
  'userinfo_signed_response_alg', 'userinfo_encrypted_response_alg', 'userinfo_encrypted_response_enc',
  'request_object_signing_alg', 'request_object_encryption_alg', 'request_object_encryption_enc',
  'token_endpoint_auth_signing_alg', 'introspection_signed_response_alg', 'backchannel_logout_uri',
  'backchannel_logout_session_required', 'frontchannel_logout_uri', 'frontchannel_logout_session_required',
  'require_pushed_authorization_requests', 'require_signed_request_object', 'dpop_bound_access_tokens',
  'tls_client_certificate_bound_access_tokens', 'authorization_details_types',
]) // prettier-ignore

type Said = Readonly<Record<string, unknown>>

/** The application that is asked for, or what is wrong with it. */
export function draftFrom(model: Model, said: unknown): ClientDraft | MetadataFault {
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return fault('Send one JSON object.')
  const metadata = said as Said // an object: each member is judged below before it is used
  if (metadata['software_statement'] !== undefined)
    return { error: 'invalid_software_statement', error_description: 'Software statements are not taken here.' }
  const strange = Object.keys(metadata).find((name) => refused.has(name))
  if (strange !== undefined) return fault(`${strange} is not taken here.`)
  const kind = kindOf(metadata)
  if (typeof kind !== 'string') return kind
  return protocolFault(metadata) ?? drafted(model, kind, metadata)
}

/** How it proves itself, and where it runs, say which kind it is. */
function kindOf(said: Said): ClientKind | MetadataFault {
  const { token_endpoint_auth_method: method = 'client_secret_basic', application_type: type = 'web' } = said
  if (type !== 'web' && type !== 'native') return fault('application_type is web or native.')
  if (method === 'client_secret_basic')
    return type === 'web' ? 'server' : fault('A native application keeps no secret: token_endpoint_auth_method none.')
  if (method !== 'none') return fault('token_endpoint_auth_method is client_secret_basic or none.')
  return type === 'web' ? 'browser' : 'native'
}

function protocolFault(said: Said): MetadataFault | undefined {
  const { grant_types: grants = ['authorization_code'], response_types: responses = ['code'] } = said
  if (!isTexts(grants) || !grants.includes('authorization_code') || !grants.every((grant) => supported.has(grant)))
    return fault('grant_types are authorization_code, and refresh_token.')
  if (!isTexts(responses) || responses.length !== 1 || responses[0] !== 'code')
    return fault('response_types is ["code"].')
  const { subject_type: subject = 'public', id_token_signed_response_alg: algorithm = 'RS256' } = said
  if (subject !== 'public') return fault('subject_type is public.')
  return isAlgorithm(algorithm) ? undefined : fault('id_token_signed_response_alg is RS256 or ES256.')
}

const supported: ReadonlySet<string> = new Set(['authorization_code', 'refresh_token'])

function drafted(model: Model, kind: ClientKind, said: Said): ClientDraft | MetadataFault {
  const {
    client_name: name,
    redirect_uris: redirectUris,
    post_logout_redirect_uris: postLogoutRedirectUris = [],
  } = said
  const { scope = openScopes(model).join(' '), id_token_signed_response_alg: algorithm } = said
  if (!isTexts(redirectUris)) return { ...fault('redirect_uris is a list of texts.'), error: 'invalid_redirect_uri' }
  if (!isTexts(postLogoutRedirectUris)) return fault('post_logout_redirect_uris is a list of texts.')
  const badName = nameFault(model, name)
  if (typeof name !== 'string' || badName !== undefined) return fault(badName ?? 'client_name is a text.')
  if (typeof scope !== 'string' || scope.length > scopeChars) return fault('scope is a text.')
  const scopes = [...new Set(scope.split(' ').filter((one) => one !== ''))]
  const closed = scopes.find((one) => !openScopes(model).includes(one))
  if (closed !== undefined) return fault(`scope may hold ${openScopes(model).join(' ')}.`)
  const idTokenAlgorithm = isAlgorithm(algorithm) ? algorithm : 'RS256'
  const nobodys = { roles: [], firstParty: false, introspects: false }
  const draft = { name, kind, redirectUris, postLogoutRedirectUris, scopes, idTokenAlgorithm, ...nobodys }
  const found = faultOf(draft, new Set(scopeWords(model).keys()))
  if (found === undefined) return draft
  const error = found.pointer.startsWith('/redirectUris') ? 'invalid_redirect_uri' : 'invalid_client_metadata'
  return { error, error_description: found.message }
}

const scopeChars = 1_000
const nameChars = 80

/** The name is what a person decides by: it holds no sign that is not seen, and is not that of somebody known. */
function nameFault(model: Model, name: unknown): string | undefined {
  if (typeof name !== 'string' || name.trim() === '' || name.length > nameChars)
    return `client_name is a text of 1 to ${nameChars} characters.`
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name) || name !== name.trim() || name !== name.normalize('NFKC'))
    return 'client_name has no invisible or unusual characters.'
  const { title, provider } = model.app.options
  const taken = [title ?? model.name, model.name, ...(provider?.clients ?? []).map((client) => client.name)]
  return taken.some((one) => fold(one) === fold(name)) ? 'client_name is the name of another.' : undefined
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= mostTexts && value.every((one) => typeof one === 'string')

/** Beyond what the rules of an application take, so that they say what is too many. */
const mostTexts = 100

const isAlgorithm = (value: unknown): value is IdTokenAlgorithm => value === 'RS256' || value === 'ES256'

const fault = (said: string): MetadataFault => ({ error: 'invalid_client_metadata', error_description: said })
