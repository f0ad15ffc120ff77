// Tests of URLs: allowed schemes, one host whoever reads it, no credentials.
import { equal, ok, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { mebibyte, notText, refuses, samples, survives, takes, wrong } from './test_judging.ts'
import { url } from './url.ts'

describe('url', () => {
  test('what is no web address is refused', () => {
    refuses(url(), [
      ...notText,
      ['a mebibyte', mebibyte, 'too_long'],
      ['2,049 characters', `https://example.com/${'a'.repeat(2_029)}`, 'too_long'],
      ['an empty text', '', 'too_short'],
      ['NUL', 'https://example.com/\0', 'bad_characters'],
      ['half a pair', 'https://example.com/\uDC00', 'bad_characters'],
      ['a script', 'javascript:alert(1)', 'bad_choice'],
      ['a script in capitals', 'JavaScript:alert(1)', 'bad_choice'],
      ['data', 'data:text/html,x', 'bad_choice'],
      ['a file', 'file:///etc/passwd', 'bad_choice'],
      ['another scheme', 'ftp://example.com/', 'bad_choice'],
      ...[
        ['a path', '/a/b'],
        ['no scheme', 'example.com'],
        ['no scheme, a host', '//example.com/a'],
        ['a user', 'https://me@example.com/'],
        ['user and password', 'https://me:secret@example.com/'],
        ['an empty user', 'https://@example.com/'],
        ['no slashes', 'https:example.com'],
        ['one slash', 'https:/example.com'],
        ['no host', 'https://'],
        ['no host, a path', 'https:///a'],
        ['a port too big', 'https://example.com:99999/'],
        ['backslashes', 'https:\\\\example.com\\a'],
        ['a backslash before another host', 'https://good.example\\@bad.example/'],
        ['a line break inside', 'https://exam\nple.com/'],
        ['a tab inside', 'java\tscript:alert(1)'],
        ['a space first', ' https://example.com/'],
        ['a space inside', 'https://example.com/a b'],
        ['letters that are not encoded', 'https://example.com/ä'],
        ['half a percent code', 'https://example.com/%4'],
        ['two fragments', 'https://example.com/#a#b'],
        ['a bracket', 'https://example.com/[a]'],
        ['a quote', 'https://example.com/"onload='],
        ['a host that is not one', 'https://exa%20mple.com/'],
      ].map(([what, wire]) => [what ?? '', wire, 'bad_format'] as const),
    ])
  })

  test('web addresses are taken as sent', () => {
    const longest = `https://example.com/${'a'.repeat(2_028)}`

    equal(longest.length, 2_048)
    for (const one of [
      'http://a.b',
      'HTTPS://Example.COM/%C3%A4?q=1&r=a,b#top',
      'http://[::1]:8080/',
      'http://127.0.0.1',
      longest,
    ]) {
      takes(url(), one, one)
    }
  })

  test('other schemes are taken where they are named', () => {
    const field = url({ schemes: ['mailto', 'ssh'] })

    takes(field, 'mailto:name@example.com', 'mailto:name@example.com')
    takes(field, 'ssh://example.com:22/', 'ssh://example.com:22/')
    refuses(field, [['a scheme that is not named', 'https://example.com/', 'bad_choice']])
    throws(() => url({ schemes: [] }), /schemes are lower case names/)
    throws(() => url({ schemes: ['HTTP'] }), TypeError)
  })

  test('any address comes back as it was sent', () => {
    survives(url(), fc.webUrl({ withQueryParameters: true, withFragments: true }))
  })

  test('what is taken has the same host for the platform as for RFC 3986', () => {
    const near = fc.string({ unit: fc.constantFrom(...Array.from('htps:/\\@[]%2e.a1#?\t ')), maxLength: 12 })
    const sameHost = (taken: (one: string) => boolean): void =>
      fc.assert(
        fc.property(
          near.map((end) => `http://${end}`),
          (one) => {
            const here = URL.parse(one)
            if (here === null || !taken(one)) return
            const host = /^http:\/\/([^/?#]+)/.exec(one)?.[1] ?? ''
            equal(here.username + here.password, '')
            ok(!/[@\\\s]/.test(host), one)
          },
        ),
        { numRuns: 2_000, endOnFailure: true },
      )

    sameHost((one) => wrong(url(), one).length === 0)
    throws(() => sameHost(() => true), 'what the platform takes is not the same')
  })

  test('samples are addresses that differ', () => {
    samples(url(), 200)
    samples(url({ schemes: ['ftp'] }), 20)
  })
})
