// The app of the tests of the OAuth server: people and their notes, and applications of each kind.
import { anyone, app, owner, ref, resource, role, signedIn, text } from 'plinth'

const staff = role('staff')
const people = resource('people', {
  fields: { name: text({ max: 80 }) },
  owner: 'id',
  allow: { read: [owner, staff], list: [owner, staff] },
})
const notes = resource('notes', {
  fields: { writer: ref(people, { readonly: true }), text: text({ max: 200 }) },
  owner: 'writer',
  allow: { list: [owner, staff], read: [owner, staff], create: [signedIn], delete: [owner] },
})
const signs = resource('signs', { fields: { text: text({ max: 200 }) }, allow: { list: [anyone], create: [staff] } })

/** Where the applications of the tests are. Nobody listens there: the tests read the addresses people are sent to. */
export const callback = 'https://partner.example/callback'
export const secrets = Object.freeze({
  PARTNER_SECRET: 'partner secret, 32 characters or more',
  ROBOT_SECRET: 'robot secret, 32 characters and more!',
  GATE_SECRET: 'gate secret, 32 characters and some more',
})

const api = ['openid', 'email', 'offline_access', 'notes:read', 'notes:write']

/** The app. */
export const club = app(
  'club',
  { people, notes, signs },
  {
    title: 'The Club',
    profile: { of: people, make: () => ({ name: 'Somebody' }) },
    provider: {
      words: { 'notes:read': 'Read your notes' },
      clients: [
        {
          id: 'partner',
          name: 'Partner & <Co>',
          kind: 'server',
          secretFrom: 'PARTNER_SECRET',
          redirectUris: [callback, 'https://partner.example/callback?tenant=1'],
          postLogoutRedirectUris: ['https://partner.example/bye'],
          scopes: api,
        },
        {
          id: 'classic',
          name: 'Classic',
          kind: 'server',
          secretFrom: 'PARTNER_SECRET',
          redirectUris: [callback],
          scopes: api,
          idTokenAlgorithm: 'RS256',
        },
        { id: 'spa', name: 'Page', kind: 'browser', redirectUris: ['https://spa.example/cb'], scopes: api },
        {
          id: 'phone',
          name: 'Phone',
          kind: 'native',
          redirectUris: ['http://127.0.0.1/cb', 'com.example.phone:/cb'],
          scopes: api,
        },
        {
          id: 'own',
          name: 'Our own',
          kind: 'browser',
          redirectUris: ['https://own.example/cb'],
          scopes: ['openid', 'read', 'write'],
          firstParty: true,
        },
        {
          id: 'robot',
          name: 'Robot',
          kind: 'machine',
          secretFrom: 'ROBOT_SECRET',
          scopes: ['notes:read', 'signs:write'],
          roles: ['staff'],
        },
        { id: 'gate', name: 'Gate', kind: 'machine', secretFrom: 'GATE_SECRET', introspects: true },
      ],
    },
  },
)
