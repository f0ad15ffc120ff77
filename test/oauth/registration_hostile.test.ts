// Metadata that would mislead people, weaken the provider, or have it fetch something: all refused, and nothing kept.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { transact } from '../../src/call/transact.ts'
import { clients } from '../../src/features/oauth/nouns.ts'
import { administrator, initialToken, metadata, openClub, register } from './registering.ts'
import { openScene } from './scene.ts'

const [uri, meta] = ['invalid_redirect_uri', 'invalid_client_metadata'] as const
const to = (...uris: unknown[]) => ({ redirect_uris: uris })
const native = { token_endpoint_auth_method: 'none', application_type: 'native' }

/** What is said beside what is good, and the error it is refused with. */
const vectors: readonly (readonly [object, string])[] = [
  // Where people would be sent to.
  [to(), uri],
  [{ redirect_uris: undefined }, uri],
  [{ redirect_uris: 'https://a.example/' }, uri],
  [{ redirect_uris: { 0: 'https://a.example/' } }, uri],
  [to(1), uri],
  [to(null), uri],
  [to('http://a.example/cb'), uri],
  [to('https://a.example/cb#x'), uri],
  [to('https://a.example/*'), uri],
  [to('https://*.a.example/cb'), uri],
  [to('https://user@a.example/cb'), uri],
  [to('https://a.example:443/cb'), uri],
  [to('https://A.example/cb'), uri],
  [to('https://a.example/x/../cb'), uri],
  [to('https://a.example\\@evil.example/'), uri],
  [to('https://ä.example/cb'), uri],
  [to('//a.example/cb'), uri],
  [to('/cb'), uri],
  [to('javascript:alert(1)'), uri],
  [to('data:text/html,x'), uri],
  [to('file:///etc/passwd'), uri],
  [to('http://*:8080/cb'), uri],
  [to('http://localhost.evil.example/cb'), uri],
  [to('http://127.0.0.1.evil.example/cb'), uri],
  [to('http://2130706433/cb'), uri],
  [to('http://0.0.0.0/cb'), uri],
  [to('com.example.app:/cb'), uri],
  [{ ...to('http://localhost/cb'), ...native }, uri],
  [{ ...to('http://localhost:*/cb'), ...native }, uri],
  [{ ...to('myapp:/cb'), ...native }, uri],
  [to('https://good.example/cb', 'http://evil.example/cb'), uri],
  [to(...Array.from({ length: 21 }, (_, n) => `https://a.example/${n}`)), uri],
  [to(...Array.from({ length: 200 }, (_, n) => `https://a.example/${n}`)), uri],
  [to(`https://a.example/${'a'.repeat(1_000)}`), uri],
  [{ post_logout_redirect_uris: ['javascript:alert(1)'] }, meta],
  [{ post_logout_redirect_uris: 'https://a.example/' }, meta],
  // Ways that are none of ours.
  [{ grant_types: ['implicit'] }, meta],
  [{ grant_types: ['authorization_code', 'implicit'] }, meta],
  [{ grant_types: ['password'] }, meta],
  [{ grant_types: ['client_credentials'] }, meta],
  [{ grant_types: ['authorization_code', 'client_credentials'] }, meta],
  [{ grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer', 'authorization_code'] }, meta],
  [{ grant_types: ['refresh_token'] }, meta],
  [{ grant_types: [] }, meta],
  [{ grant_types: 'authorization_code' }, meta],
  [{ response_types: ['token'] }, meta],
  [{ response_types: ['code id_token'] }, meta],
  [{ response_types: ['code', 'token'] }, meta],
  [{ response_types: ['none'] }, meta],
  [{ response_types: [] }, meta],
  [{ token_endpoint_auth_method: 'private_key_jwt' }, meta],
  [{ token_endpoint_auth_method: 'client_secret_post' }, meta],
  [{ token_endpoint_auth_method: 'tls_client_auth' }, meta],
  [{ token_endpoint_auth_method: null }, meta],
  [{ application_type: 'native' }, meta],
  [{ application_type: 'service' }, meta],
  [{ subject_type: 'pairwise' }, meta],
  [{ id_token_signed_response_alg: 'none' }, meta],
  [{ id_token_signed_response_alg: 'HS256' }, meta],
  [{ id_token_signed_response_alg: 'EdDSA' }, meta],
  [{ id_token_signed_response_alg: ['RS256'] }, meta],
  [{ userinfo_signed_response_alg: 'none' }, meta],
  [{ request_object_signing_alg: 'none' }, meta],
  // Addresses that a provider would fetch.
  [{ jwks_uri: 'http://169.254.169.254/latest/meta-data/' }, meta],
  [{ jwks: { keys: [] } }, meta],
  [{ sector_identifier_uri: 'https://127.0.0.1/' }, meta],
  [{ request_uris: ['http://127.0.0.1/'] }, meta],
  [{ backchannel_logout_uri: 'http://127.0.0.1:6379/' }, meta],
  [{ initiate_login_uri: 'https://a.example/' }, meta],
  [{ software_statement: 'eyJhbGciOiJub25lIn0.e30.' }, 'invalid_software_statement'],
  // What is not theirs to say.
  [{ client_id: 'partner' }, meta],
  [{ client_secret: 'a secret that I chose for myself, long enough' }, meta],
  [{ registration_access_token: 'x' }, meta],
  [{ scope: 'openid notes:write' }, meta],
  [{ scope: 'read write' }, meta],
  [{ scope: 'auth:read' }, meta],
  [{ scope: 'everything' }, meta],
  [{ scope: '' }, meta],
  [{ scope: ['openid'] }, meta],
  [{ scope: 'openid\temail' }, meta],
  [{ scope: 'openid '.repeat(1_000) }, meta],
  // Names that people would take for another's.
  [{ client_name: undefined }, meta],
  [{ client_name: '' }, meta],
  [{ client_name: '   ' }, meta],
  [{ client_name: 7 }, meta],
  [{ client_name: 'a'.repeat(81) }, meta],
  [{ client_name: 'The Club' }, meta],
  [{ client_name: 'the club' }, meta],
  [{ client_name: 'OUR OWN' }, meta],
  [{ client_name: 'Partner & <Co>' }, meta],
  [{ client_name: 'The Club ' }, meta],
  [{ client_name: 'The\u200b Club' }, meta],
  [{ client_name: 'Travel\u202egpj.exe' }, meta],
  [{ client_name: 'Travel\nThe Club asks' }, meta],
  [{ client_name: 'Travel\u0000' }, meta],
  [{ client_name: 'Ｔｈｅ Ｃｌｕｂ' }, meta],
] // prettier-ignore

test('nothing of it is taken, the token is not used up by it, and what was good before is good after', async () => {
  await using scene = await openScene({ app: openClub })
  const token = await initialToken(scene, await administrator(scene))
  assert.ok(vectors.length >= 90, String(vectors.length))
  const odd: string[] = []
  for (const [said, error] of vectors) {
    scene.clock.advance(10_000) // or the network waits
    const { status, body, headers } = await register(scene, token, { ...metadata, ...said })
    if (status === 400 && body['error'] === error && headers.get('cache-control') === 'no-store') continue
    odd.push(`${JSON.stringify(said).slice(0, 80)}: ${status} ${JSON.stringify(body)}`)
  }
  assert.deepEqual(odd, [])

  const deed = { operation: 'test', caller: noOne, origin: fromInside }
  assert.deepEqual(await transact(scene.house, deed, {}, (tx) => tx.find(clients, {})), [])
  scene.clock.advance(60_000)
  const shown = {
    ...metadata,
    client_name: 'Travel <b>',
    client_uri: 'javascript:alert(1)',
    logo_uri: 'http://10.0.0.1/',
  }
  const { status, body } = await register(scene, token, shown)
  assert.equal(status, 201, 'the control: a name is text, and what is for show alone is not kept')
  assert.ok(!JSON.stringify(body).includes('10.0.0.1') && !JSON.stringify(body).includes('javascript'))
})

test('a body that is no such object is refused before anything of it is read', async () => {
  await using scene = await openScene({ app: openClub })
  const token = await initialToken(scene, await administrator(scene))
  const bodies = ['[]', 'null', '"x"', '7', '{', '{"client_name":"a","client_name":"b"}', '['.repeat(5_000)]
  for (const body of bodies) assert.equal((await register(scene, token, body)).status, 400, body.slice(0, 40))
  const large = JSON.stringify({ ...metadata, x: 'a'.repeat(20_000) })
  assert.equal((await register(scene, token, large)).status, 413)
  const polluted = '{"__proto__":{"firstParty":true},"client_name":"Travel","redirect_uris":["https://a.example/"]}'
  const { status } = await register(scene, token, polluted)
  assert.ok([201, 400].includes(status))
  const deed = { operation: 'test', caller: noOne, origin: fromInside }
  for (const row of await transact(scene.house, deed, {}, (tx) => tx.find(clients, {})))
    assert.equal(row.firstParty, false)
})
