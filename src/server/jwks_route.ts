// GET /.well-known/jwks.json: the public keys of our tokens, for whoever verifies them elsewhere (RFC 7517).
import type { House } from '../call/house.ts'
import type { Route } from '../doors/http/route.ts'
import { authOf, jwksOf } from '../features/auth/index.ts'

/** A next key is published long before it signs, so a copy may be kept for a while. */
const keptSeconds = 300

export const jwksRoute = (house: House): Route => ({
  method: 'GET',
  path: '/.well-known/jwks.json',
  name: 'jwks',
  produces: ['application/json', 'application/jwk-set+json'],
  async handle() {
    const { keys, idKeys } = authOf(house)
    const isProvider = house.model.app.options.provider !== undefined
    const sets = await Promise.all([keys, ...(isProvider ? idKeys : [])].map((one) => one.keyset()))
    const body = JSON.stringify({ keys: sets.flatMap((set) => jwksOf(set).keys) })
    const headers = { 'Cache-Control': `public, max-age=${keptSeconds}` }
    return { status: 200, headers, body, type: 'application/json; charset=utf-8' }
  },
})
