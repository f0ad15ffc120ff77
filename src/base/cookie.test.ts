// Cookies: written with every attribute that keeps others away, read only where there is exactly one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCookie, setCookie } from './cookie.ts'

test('a cookie is of this host, of HTTPS, and of no script', () => {
  const set = setCookie('plinth_way', 'v1.a-b_c', { maxAgeSeconds: 600, sameSite: 'Lax' })

  assert.equal(set, '__Host-plinth_way=v1.a-b_c; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax')
})

test('a value that would end the cookie or the header is refused', () => {
  for (const value of ['a;b', 'a b', 'a\r\nSet-Cookie: b=c', 'ü', '"', 'a,b', 'a'.repeat(3_801)])
    assert.throws(() => setCookie('plinth_way', value, { maxAgeSeconds: 1, sameSite: 'Lax' }), RangeError)
})

test('a cookie is found by its whole name, and not where there are two of it', () => {
  assert.equal(readCookie('a=1; __Host-plinth_way=x.y; b=2', 'plinth_way'), 'x.y')
  assert.equal(readCookie('__Host-plinth_way=', 'plinth_way'), '')
  const none = [undefined, '', 'plinth_way=1', '__Host-plinth_way2=1', '__host-plinth_way=1', 'a=__Host-plinth_way=1']
  for (const header of [...none, '__Host-plinth_way=1; __Host-plinth_way=2'])
    assert.equal(readCookie(header, 'plinth_way'), undefined, String(header))
})
