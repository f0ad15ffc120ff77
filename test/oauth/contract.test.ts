// The contract of a provider: its addresses answer as it says, and its operations name the scopes that they take.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oauthPaths } from '../../src/features/oauth/index.ts'
import { openApi } from '../../src/doors/rest/openapi/index.ts'
import type { OpenApiDocument } from '../../src/doors/rest/openapi/document.ts'
import { modelOf } from '../../src/server/features.ts'
import { checkAnswer } from '../../src/testing/contract_check.ts'
import { callback, club, secrets } from './app.ts'
import { administrator, initialToken, metadata, openClub } from './registering.ts'
import { api, authorizeUrl, basic, challenge, codeFor, exchange, openScene, partner, type Scene } from './scene.ts'

const contract = openApi(modelOf(openClub), openClub.options)

interface Asked {
  readonly form?: Readonly<Record<string, string>>
  readonly json?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** Asks, and answers the body with what the contract does not say of it. */
async function judged(document: OpenApiDocument, { url }: Scene, method: string, path: string, asked: Asked = {}) {
  const { form, json, headers = {} } = asked
  const body = form ? new URLSearchParams(form) : json && JSON.stringify(json)
  const type = json && { 'content-type': 'application/json' }
  const init = { method, headers: { ...headers, ...type }, ...(body && { body }), redirect: 'manual' } as const
  const answer = await fetch(url + path, init)
  const text = await answer.text()
  const said = { method, path, status: answer.status, headers: Object.fromEntries(answer.headers), body: text }
  return { status: answer.status, text, findings: checkAnswer(document, said) }
}

test('each address answers good and bad requests as the contract says', async () => {
  await using scene = await openScene({ app: openClub, rateLimit: '10000' })
  const registration = await initialToken(scene, await administrator(scene))
  const html = { accept: 'text/html' }
  const pushed = { client_id: 'partner', redirect_uri: callback, response_type: 'code', scope: 'openid' }
  const proof = { code_challenge: challenge, code_challenge_method: 'S256' }
  const odd: string[] = []
  const ask = async (status: number, method: string, path: string, asked: Asked = {}): Promise<string> => {
    const found = await judged(contract, scene, method, path, asked)
    odd.push(...found.findings)
    assert.equal(found.status, status, `${method} ${path}: ${found.text}`)
    return found.text
  }
  for (const path of ['openid-configuration', 'oauth-authorization-server', 'jwks.json'])
    await ask(200, 'GET', `/.well-known/${path}`)
  await ask(303, 'GET', authorizeUrl(), { headers: html })
  const browser = scene.browser()
  await codeFor(scene, authorizeUrl(), browser)
  const cookie = [...browser.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ')
  await ask(200, 'GET', authorizeUrl({ response_mode: 'form_post' }), { headers: { ...html, cookie } })
  await ask(400, 'GET', authorizeUrl({ response_mode: 'form_post', prompt: 'none' }), { headers: html })
  await ask(400, 'GET', authorizeUrl({ client_id: 'nobody' }), { headers: html })
  await ask(201, 'POST', oauthPaths.pushed_authorization_request, { form: { ...pushed, ...proof }, headers: partner })
  await ask(400, 'POST', oauthPaths.pushed_authorization_request, { form: pushed, headers: partner })
  const code = await codeFor(scene)
  const tokens = await ask(200, 'POST', oauthPaths.token, { form: exchange(code), headers: partner })
  const { access_token: token } = JSON.parse(tokens) as { access_token: string }
  await ask(400, 'POST', oauthPaths.token, { form: exchange('x'), headers: partner })
  const wrong = { authorization: basic('partner', 'wrong') }
  await ask(401, 'POST', oauthPaths.token, { form: exchange('x'), headers: wrong })
  await ask(415, 'POST', oauthPaths.token, { json: {}, headers: partner })
  const robot = { authorization: basic('robot', secrets.ROBOT_SECRET) }
  const own = await ask(200, 'POST', oauthPaths.token, { form: { grant_type: 'client_credentials' }, headers: robot })
  const { access_token: machine } = JSON.parse(own) as { access_token: string }
  for (const form of [{ token: machine }, { token: 'x' }]) {
    await ask(200, 'POST', oauthPaths.introspection, { form, headers: robot })
    await ask(200, 'POST', oauthPaths.revocation, { form, headers: robot })
  }
  await ask(401, 'POST', oauthPaths.introspection, { form: { token }, headers: wrong })
  await ask(200, 'GET', oauthPaths.userinfo, { headers: { authorization: `Bearer ${token}` } })
  await ask(401, 'GET', oauthPaths.userinfo, { headers: { authorization: `Bearer ${'x'.repeat(43)}` } })
  await ask(401, 'GET', oauthPaths.userinfo)
  await ask(200, 'GET', oauthPaths.end_session, { headers: html })
  await ask(400, 'GET', `${oauthPaths.end_session}?id_token_hint=x`, { headers: html })
  const headers = { authorization: `Bearer ${registration}` }
  await ask(400, 'POST', oauthPaths.registration, { json: {}, headers })
  await ask(401, 'POST', oauthPaths.registration, { json: metadata })
  const made = await ask(201, 'POST', oauthPaths.registration, { json: metadata, headers })
  const { client_id: id, registration_access_token: key } = JSON.parse(made) as Record<string, string>
  const its = { headers: { authorization: `Bearer ${key}` } }
  await ask(200, 'GET', `${oauthPaths.registration}/${id}`, its)
  await ask(204, 'DELETE', `${oauthPaths.registration}/${id}`, its)
  await ask(401, 'GET', `${oauthPaths.registration}/${id}`, its)

  assert.deepEqual(odd, [])
})

test('the control: a contract that says another thing of the tokens is found out', async () => {
  await using scene = await openScene({ app: openClub })
  const item = contract.paths[oauthPaths.token]?.['post']
  assert.ok(item)
  const { 401: _left, ...responses } = item.responses
  const poor = { ...contract, paths: { [oauthPaths.token]: { post: { ...item, responses } } } }
  const headers = { authorization: basic('partner', 'wrong') }

  const { findings } = await judged(poor, scene, 'POST', oauthPaths.token, { form: exchange('x'), headers })

  assert.match(findings.join(), /the status is not in the contract/)
})

test('operations name each scope that opens them, and a token of each opens them', async () => {
  await using scene = await openScene()
  const scopesOf = (path: string, method: string): string[] =>
    (contract.paths[path]?.[method]?.security ?? []).flatMap(({ oauth2 = [] }) => oauth2)
  assert.deepEqual(scopesOf('/api/v1/notes', 'get'), ['read', 'notes:read'])
  assert.deepEqual(scopesOf('/api/v1/notes', 'post'), ['write', 'notes:write'])
  assert.deepEqual(scopesOf('/api/v1/auth/sessions', 'get'), [])
  const { oauth2, openIdConnect } = contract.components.securitySchemes
  const said = JSON.stringify(oauth2)
  for (const part of ['"/oauth/authorize"', '"/oauth/token"', '"clientCredentials"', '"notes:read":"Read your notes"'])
    assert.ok(said.includes(part), part)
  assert.equal(openIdConnect?.['openIdConnectUrl'], '/.well-known/openid-configuration')

  for (const scope of ['notes:read', 'notes:write']) {
    const code = await codeFor(scene, authorizeUrl({ scope: `openid ${scope}` }))
    const { text } = await judged(contract, scene, 'POST', oauthPaths.token, { form: exchange(code), headers: partner })
    const { access_token: token } = JSON.parse(text) as { access_token: string }
    const [get, post] = await Promise.all([
      api(scene, token, 'notes'),
      api(scene, token, 'notes', { method: 'POST', body: JSON.stringify({ text: 'x' }) }),
    ])
    assert.deepEqual([get.status, post.status], scope === 'notes:read' ? [200, 403] : [403, 201])
  }
})

test('without registration its address is not in the contract; without a provider none of them is', () => {
  const [closed, none] = [openApi(modelOf(club)), openApi(modelOf({ ...club, options: {} }))]
  const addresses = (document: OpenApiDocument) => Object.keys(document.paths).filter((path) => path.includes('oauth/'))

  assert.ok(addresses(contract).includes(oauthPaths.registration))
  assert.ok(!addresses(closed).includes(oauthPaths.registration))
  assert.ok(addresses(closed).includes(oauthPaths.token))
  assert.deepEqual([addresses(none), Object.keys(none.components.securitySchemes)], [[], ['bearer']])
  assert.ok(!JSON.stringify(none).includes('oauth2'))
})
