// A declaration of sign-in is judged where it is written; a service answers for an address in its own way.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { app } from './app.ts'
import { type Provider, type SignIn, signInWith } from './sign_in.ts'

const acme = signInWith.issuer('acme', 'https://acme.example')
const declared = (signIn: Partial<SignIn>): unknown =>
  app('club', {}, { signIn: { providers: [acme], returnTo: ['/in'], ...signIn } })
const refused = (signIn: Partial<SignIn>, message: RegExp): void =>
  assert.throws(() => declared(signIn), { name: 'TypeError', message })

test('providers have names of their own and https issuers', () => {
  for (const name of ['', 'Acme', 'a/b', 'a.b', '../x', 'a'.repeat(21), '1a'])
    refused({ providers: [{ ...acme, name }] }, /a name is lower case/)
  const issuers = [
    'http://acme.example',
    'ftp://acme.example',
    'acme',
    'https://a:b@acme.example',
    'https://a.example?b',
  ]
  for (const issuer of [...issuers, 'http://127.0.0.1.evil.example', 'http://localhost@evil.example', 'javascript:a'])
    refused({ providers: [{ ...acme, issuer }] }, /must be an https address/)
  refused({ providers: [acme, acme] }, /two providers/)
  refused({ providers: [] }, /name a provider/)
  for (const issuer of ['http://127.0.0.1:4000', 'http://localhost:4000/a', 'http://[::1]:1'])
    assert.ok(declared({ providers: [{ ...acme, issuer }] }))
})

test('places to return to are paths, https addresses, or those of an installed app', () => {
  const good = ['/', '/in', '/in?a=b', 'https://app.example/in', 'com.example.app:/in', 'http://localhost:5173/in']
  assert.ok(declared({ returnTo: good }))
  const bad = [
    '',
    '//evil.example',
    '/\\evil.example',
    '\\in',
    'in',
    '/in#a',
    'javascript:alert(1)',
    'data:text/html,a',
  ]
  const odd = [
    'http://evil.example/in',
    'https://a:b@evil.example',
    'example:/in',
    'com.example.app://in',
    '/a b',
    '/\n/',
  ]
  for (const place of [...bad, ...odd]) refused({ returnTo: ['/in', place] }, /must be a path/)
  refused({ returnTo: [] }, /name where people go/)
})

test('a service answers for an address by its own claim, and by no other', () => {
  const yes: [Provider, object][] = [
    [signInWith.google(), { email_verified: true }],
    [signInWith.gitlab(), { email_verified: true }],
    [signInWith.github(), { email_verified: true }],
    [signInWith.apple({ team: 't', key: 'k' }), { email_verified: 'true' }],
    [signInWith.apple({ team: 't', key: 'k' }), { email_verified: true }],
    [signInWith.microsoft({ tenant: 'common' }), { xms_edov: true }],
    [signInWith.microsoft({ tenant: 'common' }), { xms_edov: '1' }],
    [acme, { email_verified: true }],
  ]
  for (const [provider, claims] of yes) assert.equal(provider.isVerified({ ...claims }), true, provider.name)
  const google = [{}, { email_verified: 'true' }, { email_verified: 1 }, { verified: true }, { verified_email: true }]
  for (const claims of google) assert.equal(signInWith.google().isVerified(claims), false)
  // "nOAuth": the address of a directory is what its administrator wrote.
  for (const claims of [{}, { email_verified: true }, { xms_edov: 0 }, { xms_edov: 'false' }])
    assert.equal(signInWith.microsoft({ tenant: 'common' }).isVerified(claims), false)
})
