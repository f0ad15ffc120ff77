// Letters of accounts carry their link and nothing of a stranger's but a name that is no link.
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { systemRandom } from '../../base/random.ts'
import { writeLetter, type Letter } from '../mail/index.ts'
import { payloads } from '../mail/test_payloads.ts'
import {
  inviteLetter, knownLetter, memberLetter,
  movedLetter, moveLetter, resetLetter, securityEvents, securityLetter, verifyLetter,
  type LetterHead, type SecurityEvent,
} from './letters.ts' // prettier-ignore
import { createSecret, readSecret } from './token/secret.ts'

const head: LetterHead = { app: 'Shop', publicUrl: 'https://shop.example.com/app/' }
const secret = createSecret('verify', systemRandom).text
const link = { secret, minutes: 30 }
const names = { name: 'Alice', organization: 'Wonder & Co' }
// Security events are a closed list, made a moment ago.
const events = Object.keys(securityEvents) as SecurityEvent[]

const letters: readonly (readonly [string, Letter, string])[] = [
  ['verify', verifyLetter(head, link), `https://shop.example.com/app/auth/verify#token=${secret}`],
  ['known', knownLetter(head), 'https://shop.example.com/app/auth/login'],
  ['reset', resetLetter(head, link), `https://shop.example.com/app/auth/reset#token=${secret}`],
  ['move', moveLetter(head, link), `https://shop.example.com/app/auth/email#token=${secret}`],
  ['moved', movedLetter(head, link), `https://shop.example.com/app/auth/email#token=${secret}`],
  [
    'invite',
    inviteLetter(head, link, { name: 'Alice', organization: '' }),
    `https://shop.example.com/app/auth/invite#token=${secret}`,
  ],
  ['join', inviteLetter(head, link, names), `https://shop.example.com/app/auth/join#token=${secret}`],
  [
    'member',
    memberLetter(head, { organization: 'Wonder & Co', role: 'editor' }),
    'https://shop.example.com/app/auth/login',
  ],
  ...events.map((event) => {
    const made = securityLetter(head, event, new Date('2026-11-01T12:34:56Z'))
    return [event, made, 'https://shop.example.com/app/auth/forgot'] as const
  }),
]

describe('a letter of an account', () => {
  for (const [title, letter, address] of letters)
    test(`${title}: has its link, in both forms, and says what to do`, () => {
      const { subject, text, html } = writeLetter(letter)

      match(subject, /^[^\r\n]{10,100}$/)
      ok(text.includes(`:\n${address}\n`), text)
      ok(html.includes(`<a href="${address}"`), html)
      match(text, /\n-- \nShop · https:\/\/shop\.example\.com\/app\/\n/)
      equal(/undefined|null|NaN|\[object/.test(text + html), false)
    })

  test('the token in the link is the one that is read, and the code beside it too', () => {
    const { text } = writeLetter(verifyLetter(head, link))
    const tokens = [/#token=(\S+)/, /\n(plv_\w+)\n/].map((pattern) => pattern.exec(text)?.[1])

    deepEqual(tokens, [secret, secret])
    ok(readSecret('verify', tokens[0]))
  })

  test('says how long its link works', () => {
    const lasting = (minutes: number) =>
      /works once, for ([^.]+)\./.exec(writeLetter(resetLetter(head, { secret, minutes })).text)?.[1]

    deepEqual([30, 60, 4_320].map(lasting), ['30 minutes', 'an hour', '72 hours'])
  })

  test('says when, in one time for everybody', () => {
    match(
      writeLetter(securityLetter(head, 'newDevice', new Date('2026-11-01T12:34:56Z'))).text,
      /When: 2026-11-01 12:34 UTC\n/,
    )
  })

  test('an invitation keeps names as text, and leaves out those that look like links', () => {
    const tagsOf = (letter: Letter) =>
      writeLetter(letter)
        .html.match(/<[!?/a-z][^>]*>/gi)
        ?.filter((tag) => tag !== '<br>')
    const clean = tagsOf(inviteLetter(head, link, names))
    const shorter = tagsOf(inviteLetter(head, link, { ...names, organization: 'www' }))
    for (const word of payloads) {
      const letter = inviteLetter(head, link, { name: word, organization: word })
      const tags = JSON.stringify(tagsOf(letter))
      ok(tags === JSON.stringify(clean) || tags === JSON.stringify(shorter), word)
      equal(/evil|victim@/.test(writeLetter(letter).text), /evil|victim/.test(word) && !/[.@]|:\/\//.test(word), word)
    }
    match(
      writeLetter(inviteLetter(head, link, { name: 'http://evil.example', organization: '' })).text,
      /^Somebody invites you/,
    )
  })
})
