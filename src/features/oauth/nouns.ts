// What an OAuth server keeps: the applications, what people let them do, and what they were given for it, hashed.
import {
  boolean,
  choice,
  integer,
  json,
  owner,
  ref,
  resource,
  role,
  secret,
  text,
  timestamp,
} from '../../define/index.ts'
import { accounts, adminRole, sessions } from '../accounts/index.ts'

const admin = role(adminRole)

/** What lets applications register themselves: made by an administrator, for so many and for so long. */
export const registrationTokens = resource('plinth_oauth_registration_tokens', {
  path: 'auth/client-tokens',
  description: 'An initial access token, by which applications register themselves. Deleting it ends that.',
  fields: {
    name: text({ readonly: true, max: 80, description: 'For whom it is.' }),
    hash: text({ private: true, max: 64, unique: true }),
    hint: text({ readonly: true, max: 8, description: 'How the token begins.' }),
    most: integer({ readonly: true, min: 1, max: 1_000, description: 'How many may register by it.' }),
    used: integer({ readonly: true, min: 0, max: 1_000, default: 0, description: 'How many have.' }),
    endsAt: timestamp({ readonly: true, description: 'When it is good no more.' }),
  },
  allow: { list: [admin], read: [admin], delete: [admin] },
})

/** An application that an administrator registered, or itself; its id is its `client_id`. Deleting it ends all. */
export const clients = resource('plinth_oauth_clients', {
  path: 'auth/clients',
  description: 'An application that people may sign in to with their account here. Deleting it ends all it was given.',
  fields: {
    name: text({ readonly: true, max: 80, description: 'What the person is told it is called.' }),
    kind: choice(['server', 'browser', 'native', 'machine'], { readonly: true }),
    redirectUris: json({ readonly: true, example: ['https://partner.example/callback'] }),
    postLogoutRedirectUris: json({ readonly: true, example: ['https://partner.example/'] }),
    scopes: text({ readonly: true, max: 2_000, description: 'What it may ask for, by spaces.' }),
    idTokenAlgorithm: choice(['ES256', 'RS256'], { readonly: true, default: 'ES256' }),
    roles: text({ readonly: true, max: 2_000, description: 'What a machine acts with, by spaces.' }),
    firstParty: boolean({ readonly: true, description: 'Is nobody asked whether it may?' }),
    introspects: boolean({ readonly: true, description: 'May it ask about tokens that others were given?' }),
    secretHash: text({ private: true, optional: true, max: 64 }),
    secretHint: text({ readonly: true, optional: true, max: 20, description: 'The first signs of its secret.' }),
    /** Of one that registered itself: by which token, and the hash of the token that it manages itself by. */
    registrationToken: ref(registrationTokens, { readonly: true, optional: true, onDelete: 'clear' }),
    registrationHash: text({ private: true, optional: true, max: 64 }),
  },
  allow: { list: [admin], read: [admin], delete: [admin] },
  wakes: { channel: 'sessions' },
})

/** What a person let an application do. It is remembered until the person takes it back. */
export const consents = resource('plinth_oauth_consents', {
  path: 'auth/consents',
  description: 'What an application may do in your name. Deleting it ends all that the application was given.',
  fields: {
    account: ref(accounts, { readonly: true, onDelete: 'cascade' }),
    client: text({ readonly: true, max: 80, description: 'Its `client_id`.' }),
    name: text({ readonly: true, max: 80 }),
    scopes: text({ readonly: true, max: 2_000, description: 'By spaces.' }),
    registered: ref(clients, { private: true, optional: true, onDelete: 'cascade' }),
  },
  owner: 'account',
  unique: [['account', 'client']],
  allow: { list: [owner], read: [owner], delete: [owner] },
  wakes: { channel: 'sessions', about: ['account'] },
})

/** One sign-in of a person to an application. All tokens of it end with it, and it ends with the session. */
export const grants = resource('plinth_oauth_grants', {
  fields: {
    hash: text({ private: true, max: 64, unique: true }),
    account: ref(accounts, { onDelete: 'cascade' }),
    session: ref(sessions, { onDelete: 'cascade' }),
    client: text({ max: 80 }),
    registered: ref(clients, { optional: true, onDelete: 'cascade' }),
    consent: ref(consents, { optional: true, onDelete: 'cascade' }),
    scopes: text({ max: 2_000 }),
    payload: secret({ max: 8_192 }),
    revokedAt: timestamp({ optional: true }),
  },
  allow: {},
  index: ['account', 'session'],
  wakes: { channel: 'sessions', about: ['account'] },
})

/** Codes, tokens, browser sessions and sign-ins on their way: by their hashes, with what they say sealed. */
export const artifacts = resource('plinth_oauth_artifacts', {
  fields: {
    kind: text({ max: 40 }),
    hash: text({ private: true, max: 64, unique: true }),
    /** Of a browser session: its second name, which stays when the first is changed. */
    uidHash: text({ private: true, optional: true, max: 64, unique: true }),
    grant: ref(grants, { optional: true, onDelete: 'cascade' }),
    session: ref(sessions, { optional: true, onDelete: 'cascade' }),
    registered: ref(clients, { optional: true, onDelete: 'cascade' }),
    payload: secret({ max: 65_536 }),
    /** When it was used, for what is used once. */
    consumedAt: timestamp({ optional: true }),
    endsAt: timestamp(),
  },
  allow: {},
  index: ['endsAt'],
  audit: false,
})
