// What goes to and comes from the OAuth and OpenID server, as schemas with an example each.
import type { JsonSchema } from '../../../define/field.ts'
import type { Parameter, Schema } from './document.ts'
import { object } from './noun_schemas.ts'
import { anyText, idText, sampleId, text } from './texts.ts'

/** A schema and what fits it. */
export interface Shape {
  readonly schema: Schema
  readonly example: unknown
}

const open = (description: string, properties: { readonly [name: string]: Schema }, required: readonly string[]) => ({
  ...object(properties, required),
  additionalProperties: true,
  description,
})

const address: JsonSchema = { ...text(2_048, 1), format: 'uri' }
const opaque: JsonSchema = { ...text(4_096, 1), pattern: '^[ -~]+$' }
const scope: JsonSchema = { ...text(2_000), pattern: '^[ -~]*$' }
const word: JsonSchema = { ...text(200, 1), pattern: '^[ -~]+$' }
const list = (items: Schema): JsonSchema => ({ type: 'array', maxItems: 200, items })
const seconds: JsonSchema = { type: 'integer', format: 'int32', minimum: 0, maximum: 2_147_483_647 }
const instant: JsonSchema = { type: 'integer', format: 'int64', minimum: 0, maximum: 99_999_999_999 }
const sample = 'vZ1u8W2xqB4nK7mT0yR5cA9dE3fG6hJ1lP8sU2wX4zQ'

export const discovery: Shape = {
  schema: open(
    'The metadata of the server.',
    {
      issuer: address,
      authorization_endpoint: address,
      token_endpoint: address,
      registration_endpoint: address,
      jwks_uri: address,
      scopes_supported: list(word),
      id_token_signing_alg_values_supported: list(word),
    },
    ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri'],
  ),
  example: {
    issuer: 'https://club.example',
    authorization_endpoint: 'https://club.example/oauth/authorize',
    token_endpoint: 'https://club.example/oauth/token',
    jwks_uri: 'https://club.example/.well-known/jwks.json',
    id_token_signing_alg_values_supported: ['ES256', 'RS256'],
  },
}

export const keys: Shape = {
  schema: open(
    'Public keys.',
    { keys: list(open('A public key (RFC 7517).', { kty: word, kid: word, alg: word, use: word }, ['kty', 'kid'])) },
    ['keys'],
  ),
  example: { keys: [{ kty: 'OKP', kid: sample, alg: 'EdDSA', use: 'sig', crv: 'Ed25519', x: sample }] },
}

const client = { client_id: word, client_secret: opaque }

export const tokenForm: Shape = {
  schema: open(
    'What is exchanged.',
    {
      grant_type: { type: 'string', enum: ['authorization_code', 'refresh_token', 'client_credentials'] },
      code: opaque,
      redirect_uri: address,
      code_verifier: { ...text(128, 43), pattern: '^[A-Za-z0-9._~-]+$' },
      refresh_token: opaque,
      scope,
      ...client,
    },
    ['grant_type'],
  ),
  example: {
    grant_type: 'authorization_code',
    code: sample,
    redirect_uri: 'https://partner.example/callback',
    code_verifier: sample,
  },
}

export const tokens: Shape = {
  schema: open(
    'The tokens.',
    {
      access_token: opaque,
      token_type: { type: 'string', enum: ['Bearer'] },
      expires_in: seconds,
      refresh_token: opaque,
      id_token: opaque,
      scope,
    },
    ['access_token', 'token_type', 'expires_in'],
  ),
  example: { access_token: sample, token_type: 'Bearer', expires_in: 600, scope: 'openid email' },
}

export const oneToken: Shape = {
  schema: open('The token.', { token: opaque, token_type_hint: word, ...client }, ['token']),
  example: { token: sample },
}

export const introspected: Shape = {
  schema: open(
    'What is known of the token; of one that is not good that alone.',
    { active: { type: 'boolean' }, sub: word, client_id: word, scope, exp: instant, iat: instant, token_type: word },
    ['active'],
  ),
  example: { active: true, sub: sampleId, client_id: 'partner', scope: 'openid email' },
}

const asked = {
  client_id: word,
  redirect_uri: address,
  response_type: { type: 'string', enum: ['code'] },
  scope,
  state: opaque,
  nonce: opaque,
  code_challenge: { ...text(43, 43), pattern: '^[A-Za-z0-9_-]{43}$' },
  code_challenge_method: { type: 'string', enum: ['S256'] },
  prompt: word,
  response_mode: { type: 'string', enum: ['query', 'fragment', 'form_post'] },
  max_age: seconds,
  login_hint: anyText(254),
} satisfies { readonly [name: string]: JsonSchema }

const samples: Readonly<Record<string, unknown>> = {
  client_id: 'partner',
  redirect_uri: 'https://partner.example/callback',
  response_type: 'code',
  scope: 'openid email',
  state: 'af0ifjsldkj',
  nonce: 'n-0S6_WzA2Mj',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
  prompt: 'consent',
  response_mode: 'query',
  max_age: 300,
  login_hint: 'ann@example.com',
  request_uri: 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c',
  id_token_hint: sample,
  post_logout_redirect_uri: 'https://partner.example/bye',
}

const parameter = (name: string, schema: JsonSchema, required = false): Parameter => ({
  name,
  in: 'query',
  description: 'As RFC 6749, RFC 7636, RFC 9126 and OpenID Connect Core name it.',
  required,
  schema,
  example: samples[name],
})

export const authorizeParameters: readonly Parameter[] = [
  ...Object.entries(asked).map(([name, schema]) => parameter(name, schema, name === 'client_id')),
  parameter('request_uri', { ...text(500, 1), format: 'uri' }),
]

export const endSessionParameters: readonly Parameter[] = [
  parameter('id_token_hint', opaque),
  parameter('client_id', word),
  parameter('post_logout_redirect_uri', address),
  parameter('state', opaque),
]

export const pushedForm: Shape = {
  schema: open('What the sign-in asks for.', { ...asked, client_secret: opaque }, ['client_id']),
  example: {
    client_id: 'partner',
    redirect_uri: 'https://partner.example/callback',
    response_type: 'code',
    code_challenge: samples['code_challenge'],
    code_challenge_method: 'S256',
  },
}

export const pushed: Shape = {
  schema: open(
    'The name of what was pushed.',
    { request_uri: { ...text(500, 1), format: 'uri' }, expires_in: seconds },
    ['request_uri', 'expires_in'],
  ),
  example: { request_uri: samples['request_uri'], expires_in: 60 },
}

export const person: Shape = {
  schema: open('Who it is.', { sub: idText, email: anyText(254), email_verified: { type: 'boolean' } }, ['sub']),
  example: { sub: sampleId, email: 'ann@example.com', email_verified: true },
}

const described = {
  client_name: anyText(80, 1),
  redirect_uris: list(address),
  post_logout_redirect_uris: list(address),
  token_endpoint_auth_method: { type: 'string', enum: ['client_secret_basic', 'none'] },
  application_type: { type: 'string', enum: ['web', 'native'] },
  grant_types: list({ type: 'string', enum: ['authorization_code', 'refresh_token'] }),
  response_types: list({ type: 'string', enum: ['code'] }),
  id_token_signed_response_alg: { type: 'string', enum: ['RS256', 'ES256'] },
  scope,
} satisfies { readonly [name: string]: JsonSchema }

const partner = { client_name: 'Travel', redirect_uris: ['https://travel.example/callback'] }

export const metadata: Shape = {
  schema: open('What an application says of itself.', described, ['client_name', 'redirect_uris']),
  example: partner,
}

export const registered: Shape = {
  schema: open(
    'An application; its secret is there at its registration alone.',
    {
      ...described,
      client_id: idText,
      client_id_issued_at: instant,
      client_secret: opaque,
      client_secret_expires_at: seconds,
      registration_access_token: opaque,
      registration_client_uri: address,
    },
    ['client_id', 'registration_access_token', 'registration_client_uri'],
  ),
  example: {
    ...partner,
    client_id: sampleId,
    registration_access_token: `plu_${sample}`,
    registration_client_uri: `https://club.example/oauth/register/${sampleId}`,
  },
}
