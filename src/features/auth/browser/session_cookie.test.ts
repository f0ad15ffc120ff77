// The cookie is `__Host-` and `Secure` in production whatever PUBLIC_URL says, and plain only where nothing else works.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { House } from '../../../call/house.ts'
import { presentedCookie, sessionCookie } from './session_cookie.ts'

// Nothing else of a house is asked.
const houseOf = (services: House['services']) => ({ services }) as House

test('the cookie is bound to the host, and to https, but on plain http in development', () => {
  const secure = '__Host-plinth_session=x; Path=/; Max-Age=43200; Secure; HttpOnly; SameSite=Lax'
  const [http, https] = ['http://localhost:3000', 'https://app.example']

  assert.equal(sessionCookie(houseOf({ publicUrl: https }), 'x'), secure)
  assert.equal(sessionCookie(houseOf({ publicUrl: http }), 'x'), secure)
  assert.equal(sessionCookie(houseOf({ publicUrl: https, isDevelopment: true }), 'x'), secure)
  assert.match(sessionCookie(houseOf({ publicUrl: http, isDevelopment: true }), 'x'), /^plinth_session=x; (?!.*Secure)/)
})

test('a cookie without the prefix is none where one with it is given out', () => {
  const house = houseOf({ publicUrl: 'https://app.example' })

  assert.equal(presentedCookie(house, 'plinth_session=x'), undefined)
  assert.equal(presentedCookie(house, 'a=b; __Host-plinth_session=x'), 'x')
})
