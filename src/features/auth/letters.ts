// The letters that accounts get. No stranger chooses a word in them, but for the names in an invitation.
import { plainName, type Letter, type Part } from '../mail/index.ts'

/** What stands in every letter. */
export interface LetterHead {
  /** The application's name. */
  readonly app: string
  /** PUBLIC_URL; the pages that read a secret lie below it. Never taken from a request. */
  readonly publicUrl: string
}

/** A secret that a link carries. It stands behind the #, so no server, log or Referer sees it. */
export interface LinkSecret {
  readonly secret: string
  readonly minutes: number
}

/** To somebody who gave this address, to show that it is theirs. */
export function verifyLetter(head: LetterHead, link: LinkSecret): Letter {
  return letter(head, `Confirm your address for ${head.app}`, [
    say(`Somebody, probably you, gave this address to ${head.app}. Confirm that it is yours.`),
    ...linked(head, 'verify', 'Confirm the address', link),
    say('If it was not you, do nothing; the address is then not used.'),
  ])
}

/** To somebody who has an account and whose address was given once more. Only they learn that. */
export function knownLetter(head: LetterHead): Letter {
  return letter(head, `You have an account at ${head.app} already`, [
    say('Somebody, probably you, tried to register with this address, which has an account already.'),
    { link: pageOf(head, 'login'), label: 'Sign in' },
    say('If you forgot the password, you can choose another there. If it was not you, nothing has changed.'),
  ])
}

/** To somebody who forgot the password, or somebody else whose address was given: nothing changes without the link. */
export function resetLetter(head: LetterHead, link: LinkSecret): Letter {
  return letter(head, `Choose a new password for ${head.app}`, [
    say('Somebody, probably you, asked for a new password for this account.'),
    ...linked(head, 'reset', 'Choose a password', link),
    say('It ends all sessions. If it was not you, do nothing; the password stays as it is.'),
  ])
}

/** To the new address, when an account is to move to it. */
export function moveLetter(head: LetterHead, link: LinkSecret): Letter {
  return letter(head, `Confirm your new address for ${head.app}`, [
    say(`An account at ${head.app} is to have this address from now on.`),
    ...linked(head, 'email', 'Confirm the new address', link),
    say('If you have no account there, do nothing.'),
  ])
}

/** To the old address, which must agree too. */
export function movedLetter(head: LetterHead, link: LinkSecret): Letter {
  return letter(head, `Your account at ${head.app} is to have another address`, [
    say(
      'Somebody who was signed in to your account asked to give it another address. Nothing changes unless you agree.',
    ),
    ...linked(head, 'email', 'Agree, or stop it', link),
    say('If it was not you, stop it there, which ends all sessions, and choose a new password.'),
  ])
}

/** To somebody who is asked to join. The names are for others to choose; one that looks like a link is left out. */
export function inviteLetter(head: LetterHead, link: LinkSecret, from: { name: string; organization: string }): Letter {
  const [name, organization] = [plainName(from.name), plainName(from.organization)]
  return letter(head, `An invitation to ${head.app}`, [
    say(`${name === undefined ? 'Somebody' : `“${name}”`} invites you to ${head.app}.`),
    ...(organization === undefined ? [] : [say(`The invitation is to the organization “${organization}”.`)]),
    // An account is made of one of them, and a place in an organization of the other.
    ...linked(head, from.organization === '' ? 'invite' : 'join', 'Accept', link),
    say('If you do not know them, do nothing.'),
  ])
}

/** To a member, whose place in an organization somebody else changed. */
export function memberLetter(head: LetterHead, to: { organization: string; role: string | undefined }): Letter {
  const name = plainName(to.organization)
  const of = name === undefined ? 'an organization' : `the organization “${name}”`
  const what = to.role === undefined ? `You are not in ${of} any more.` : `In ${of} you are now: ${to.role}.`
  return letter(head, `Your place in an organization at ${head.app}`, [
    say(what),
    { link: pageOf(head, 'login'), label: 'Sign in' },
    say('If you did not expect that, ask whoever looks after the organization.'),
  ])
}

/** To whoever had an account: there is none any more. */
export function erasedLetter(head: LetterHead, at: Date): Letter {
  return letter(head, `Your account at ${head.app} was deleted`, [
    say('Your account was deleted, with its sessions, its keys and its places in organizations.'),
    say(`When: ${timeOf(at)}`),
    say('If that was not you, nothing of it can be signed in to any more; tell whoever runs the application.'),
  ])
}

/** What may have happened to an account that its owner should hear of. */
export const securityEvents = Object.freeze({
  passwordChanged: 'The password was changed.',
  addressChanged: 'The address was changed.',
  moveStopped: 'A change of the address was stopped, and all sessions were ended.',
  newDevice: 'Somebody signed in from a device that was not seen before.',
  factorAdded: 'A second factor was added.',
  factorRemoved: 'A second factor was removed.',
  factorTried: 'Somebody who knows the password gave wrong second factors. Choose another password.',
  recoveryUsed: 'A recovery code was used.',
  recoveryMade: 'New recovery codes were made; the old ones do not work any more.',
  keyMade: 'An API key was made.',
  providerLinked: 'A sign-in by another service was linked.',
  providerRemoved: 'A sign-in by another service was taken away, and every other session was ended.',
  squatterRemoved:
    'Somebody had begun an account with your address and never confirmed it. It is gone, with its password; ' +
    'the account is yours.',
  tokenReused: 'An old session token was used again, so the session was ended: it may have been copied.',
  manyTries: 'Somebody tried many wrong passwords. None was right.',
  rolesChanged: 'An administrator changed what you may do.',
  unlocked: 'An administrator let you try to sign in again.',
  appAllowed: 'Another application was allowed to use the account.',
  deactivated: 'The account was deactivated.',
  reactivated: 'The account was activated again.',
})

export type SecurityEvent = keyof typeof securityEvents

/** To the owner, whatever happened: who did it sees no mail, so who did not do it does. */
export function securityLetter(head: LetterHead, event: SecurityEvent, at: Date): Letter {
  return letter(head, `A change to your account at ${head.app}`, [
    say(securityEvents[event]),
    say(`When: ${timeOf(at)}`),
    say('If it was you, there is nothing to do. If not, choose a new password now; that ends all sessions.'),
    { link: pageOf(head, 'forgot'), label: 'Choose a new password' },
  ])
}

function letter({ app, publicUrl }: LetterHead, subject: string, parts: readonly Part[]): Letter {
  const footer = `${app} · ${publicUrl}\nThis mail was written by a program; nobody reads answers to it.`
  return Object.freeze({ subject, parts: Object.freeze(parts), footer })
}

const timeOf = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`

const say = (paragraph: string): Part => ({ paragraph })

function linked(head: LetterHead, page: string, label: string, { secret, minutes }: LinkSecret): readonly Part[] {
  return [
    { link: secretLink(head, page, secret), label },
    say(`The link works once, for ${lasting(minutes)}. Instead of following it you can give this code:`),
    { code: secret },
  ]
}

/** The address of the page that reads a secret. */
export const secretLink = (head: LetterHead, page: string, secret: string): string =>
  `${pageOf(head, page)}#token=${encodeURIComponent(secret)}`

const pageOf = ({ publicUrl }: LetterHead, page: string): string => `${publicUrl.replace(/\/+$/, '')}/auth/${page}`

function lasting(minutes: number): string {
  if (minutes % 60 !== 0) return `${minutes} minutes`
  return minutes === 60 ? 'an hour' : `${minutes / 60} hours`
}
