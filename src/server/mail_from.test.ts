// Whom letters are from: said by the environment where PUBLIC_URL has no host that letters could come from.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { readConfig } from './config.ts'

const smtp = { SMTP_URL: 'smtp://127.0.0.1:2525' }
const main = new URL('../cli/main.ts', import.meta.url).pathname
const app = new URL('test_roles_app.ts', import.meta.url).pathname

test('letters need a sender where the host of PUBLIC_URL is none, and the message says which variable and why', () => {
  for (const [url, host] of [
    [undefined, 'localhost'],
    ['http://localhost:8080', 'localhost'],
    ['http://127.0.0.1:3000', '127.0.0.1'],
    ['https://[::1]', '[::1]'],
    ['https://shop', 'shop'],
  ]) {
    assert.throws(() => readConfig({ ...smtp, PUBLIC_URL: url }), {
      name: 'ConfigError',
      message:
        `MAIL_FROM=: is needed with SMTP_URL: letters cannot come from no-reply@${host}, the host of PUBLIC_URL; ` +
        'for example MAIL_FROM=no-reply@example.com, an address that the mail server may send for',
    })
  }
})

test('a sender is the one that is named, or no-reply where that may send; none without SMTP_URL', () => {
  const named = { ...smtp, MAIL_FROM: 'post@example.com' }

  assert.equal(readConfig(named).services.mailFrom, 'post@example.com')
  assert.equal(readConfig({ ...smtp, PUBLIC_URL: 'https://shop.example' }).services.mailFrom, undefined)
  assert.equal(readConfig({}).services.mailFrom, undefined)
  for (const wrong of ['Shop <post@example.com>', 'post', 'a@example.com, b@example.com'])
    assert.throws(() => readConfig({ ...smtp, MAIL_FROM: wrong }), {
      name: 'ConfigError',
      message: `MAIL_FROM=${wrong}: must be one address such as no-reply@example.com, without a name`,
    })
})

test('a start without it ends with 1 and that line alone', () => {
  const { status, stderr } = spawnSync(process.execPath, ['--conditions=source', main, 'start', '--app', app], {
    env: { ...process.env, ...smtp, DATABASE_URL: 'sqlite::memory:', PORT: '0', PUBLIC_URL: '', MAIL_FROM: '' },
    encoding: 'utf8',
    timeout: 60_000,
  })

  assert.equal(status, 1)
  assert.match(stderr, /^plinth: MAIL_FROM=: is needed with SMTP_URL: [^\n]+\n$/)
})
