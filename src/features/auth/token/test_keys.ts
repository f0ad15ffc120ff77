// Keys, a party and a grant that tests of tokens share.
import { ownedClock } from '../../../base/clock.ts'
import { seededRandom } from '../../../base/random.ts'
import { signAccessToken, type Grant, type Party } from './access_token.ts'
import type { AlgorithmName } from './algorithms.ts'
import { keysetAt, plannedKeys } from './keyset.ts'
import type { SigningKey } from './signing_key.ts'

export const party: Party = { issuer: 'https://api.example.com', audience: 'https://api.example.com/v1' }

export const grant: Grant = {
  subject: '01981f60-0000-7000-8000-000000000001',
  session: '01981f60-0000-7000-8000-000000000002',
  client: 'shop',
  scopes: ['orders:read', 'orders:write'],
  authenticatedMs: Date.parse('2026-11-01T11:59:00Z'),
  methods: ['pwd', 'otp'],
}

/** A clock at noon, keys planned then, and a way to sign. */
export function scene(algorithm: AlgorithmName = 'EdDSA', seed = 1) {
  const clock = ownedClock('2026-11-01T12:00:00Z')
  const random = seededRandom(seed)
  const keys = plannedKeys([], clock.ms(), { algorithm, random })
  const keyset = keysetAt(keys, clock.ms())
  const sign = (over: Partial<Grant> = {}, key: SigningKey = keyset.signing, lifeMs?: number): string =>
    signAccessToken(key, party, { ...grant, ...over }, { nowMs: clock.ms(), random, ...(lifeMs && { lifeMs }) })
  return { clock, random, keys, keyset, sign }
}
