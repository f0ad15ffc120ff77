// SMTP_URL says where and how safely; what it cannot say is refused, without a word of the password.
import { deepEqual, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readSmtpUrl } from './smtp_address.ts'

describe('SMTP_URL', () => {
  test('names a server, TLS from the start or on the way, and a login', () => {
    deepEqual(readSmtpUrl('smtps://shop:p%40ss%3Aw@mail.example.com'), {
      host: 'mail.example.com', port: 465, secure: true, needsTls: false, login: { user: 'shop', password: 'p@ss:w' },
    }) // prettier-ignore
    deepEqual(readSmtpUrl('smtp://mail.example.com:2525/'), {
      host: 'mail.example.com', port: 2525, secure: false, needsTls: true, login: undefined,
    }) // prettier-ignore
  })

  test('needs TLS everywhere but on this machine, and where it says that this is meant', () => {
    const needs = (url: string): boolean => readSmtpUrl(url).needsTls
    deepEqual(
      [
        'smtp://localhost',
        'smtp://127.0.0.1:25',
        'smtp://127.9.9.9',
        'smtp://[::1]:25',
        'smtp://a.example?insecure=true',
      ].map(needs),
      [false, false, false, false, false],
    )
    deepEqual(
      [
        'smtp://a.example',
        'smtp://localhost.example',
        'smtp://127.0.0.1.example',
        'smtp://10.0.0.1',
        'smtp://0.0.0.0',
      ].map(needs),
      [true, true, true, true, true],
    )
  })

  for (const url of [
    '',
    'mail.example.com',
    'http://mail.example.com',
    'smtp://',
    'smtp:///path',
    'smtp://u:hush@mail.example.com/path',
    'smtp://u:hush@mail.example.com#x',
    'smtp://u:hush@mail.example.com?tls.rejectUnauthorized=false',
    'smtp://u:hush@mail.example.com?insecure=true&pool=false',
    'smtp://u:hush@mail.example.com?insecure=1',
    'smtp://u@mail.example.com',
    'smtp://:hush@mail.example.com',
    'smtp://u:hush@mail.example.com:99999',
  ])
    test(`${JSON.stringify(url)} is refused, and not repeated`, () => {
      throws(() => readSmtpUrl(url), { name: 'TypeError', message: /^SMTP_URL (?!.*hush)/ })
    })
})
