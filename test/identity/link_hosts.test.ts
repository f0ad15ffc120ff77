// Links in letters begin with PUBLIC_URL, whatever a request says of its host; one that took the request's is found.
import assert from 'node:assert/strict'
import { resetLetter } from '../../src/features/auth/letters.ts'
import { writeLetter } from '../../src/features/mail/index.ts'
import { as, ask, type Reach, joined, password } from './people.ts'
import { onBothOpened, roleToken } from './reach.ts'

const evil = 'evil.example'
const ours = 'http://localhost:3000'

/** What somebody sends who wants the link to lead to them. */
const hosts: readonly Readonly<Record<string, string>>[] = [
  { host: evil },
  { host: `localhost:3000@${evil}` },
  { host: `${evil}:80` },
  { host: `${evil}#localhost` },
  { 'x-forwarded-host': evil },
  { 'x-forwarded-host': `localhost:3000, ${evil}` },
  { 'x-forwarded-server': evil },
  { 'x-forwarded-proto': 'https', 'x-forwarded-host': evil, 'x-forwarded-port': '443' },
  { 'x-host': evil, 'x-original-host': evil, 'x-http-host-override': evil },
  { forwarded: `host=${evil};proto=https` },
  { forwarded: `for=127.0.0.1;host="${evil}:443", host=localhost` },
  { origin: `https://${evil}`, referer: `https://${evil}/auth/reset` },
]

/** The addresses in a mail that are not ours. */
const foreign = (mail: { text: string; html: string }): readonly string[] =>
  [...`${mail.text} ${mail.html}`.matchAll(/https?:\/\/[^\s"'<]+/g)]
    .map(([address]) => address)
    .filter((address) => !address.startsWith(`${ours}/`) && address !== ours)

async function askForLetters(run: Reach, n: number, headers: Readonly<Record<string, string>>): Promise<void> {
  const known = `known${n}@example.com`
  const { accessToken } = await joined(run, known)
  await ask(run, 'register', { email: `new${n}@example.com`, password }, headers)
  await ask(run, 'register', { email: known, password }, headers)
  await ask(run, 'verify/send', { email: `new${n}@example.com` }, headers)
  await ask(run, 'password/forgot', { email: known }, headers)
  const sent = (token: string) => ({ ...headers, authorization: `Bearer ${token}` })
  await ask(run, 'email/change', { email: `moved${n}@example.com` }, sent(accessToken))
  await ask(run, 'invitations', { email: `guest${n}@example.com`, roles: [] }, sent(roleToken('admin')))
  assert.equal((await as(run, accessToken, 'GET', 'auth/me')).status, 200)
}

onBothOpened(`${hosts.length} spellings of another host reach no link of any letter`, async ({ run }) => {
  for (const [n, headers] of hosts.entries()) await askForLetters(run, n, headers)
  await run.settle()

  const mails = await run.mails()
  assert.ok(mails.length >= hosts.length, `${mails.length} letters`)
  assert.ok(mails.filter(({ to }) => to.startsWith('guest')).length > 0)
  assert.deepEqual(mails.flatMap(foreign), [])
  assert.ok(!JSON.stringify(mails).includes(evil))
  const taken = writeLetter(resetLetter({ app: 'club', publicUrl: `https://${evil}` }, { secret: 'x', minutes: 30 }))
  assert.ok(foreign(taken).length > 0, 'the control: a host that was taken from a request shows')
})
