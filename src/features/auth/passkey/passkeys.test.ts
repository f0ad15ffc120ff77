// Of a clean answer and many with one fault each, the clean one alone is believed.
import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import { ownedClock } from '../../../base/clock.ts'
import { systemRandom } from '../../../base/random.ts'
import { createChallengeMemory } from './challenge.ts'
import type { Passkey } from './passkey.ts'
import { createPasskeys } from './passkeys.ts'
import { createAuthenticator, type Authenticator, type Bend, type KeyKind } from './test_authenticator.ts'
import { registrationFaults, signInFaults } from './test_faults.ts'

const origin = 'https://shop.example.com'
const party = { id: 'example.com', name: 'Shop', origins: [origin] }

/** A relying party, a table of passkeys, and the two ceremonies. */
function scene(device: Authenticator = createAuthenticator(origin)) {
  const clock = ownedClock('2026-11-01T12:00:00Z')
  const passkeys = createPasskeys({ party, challenges: createChallengeMemory(), clock, random: systemRandom })
  const table = new Map<string, Passkey>()
  const find = (id: string) => Promise.resolve(table.get(id))
  const register = async (bend: Bend = {}, account = 'alice') => {
    const options = await passkeys.startRegistration({ account, name: 'alice@example.com', passkeys: [] })
    return passkeys.finishRegistration(account, device.create(options, bend))
  }
  const signIn = async (bend: Bend = {}) => passkeys.finishSignIn(device.get(await passkeys.startSignIn(), bend), find)
  const enrol = async () => {
    const made = await register()
    ok('id' in made, JSON.stringify(made))
    table.set(made.id, made)
    return made
  }
  return { clock, passkeys, table, find, device, register, signIn, enrol }
}

describe('a clean passkey', () => {
  for (const kind of ['ES256', 'EdDSA', 'RS256'] as const satisfies readonly KeyKind[])
    for (const synced of [false, true])
      test(`of ${kind}, ${synced ? 'copied' : 'on one device'}, is made and signs in, again and again`, async () => {
        const { enrol, signIn, table, device } = scene(createAuthenticator(origin, kind, synced))

        const { publicKey, ...made } = await enrol()
        deepEqual(made, {
          id: device.id, account: 'alice', counter: 0, synced, backedUp: synced, transports: ['internal'],
        }) // prettier-ignore
        match(publicKey, /^[\w-]+$/)
        for (const round of [1, 2, 3]) {
          const counter = synced ? 0 : round
          const proof = await signIn()
          deepEqual(proof, { account: 'alice', passkey: device.id, counter, backedUp: synced, verified: true })
          table.set(device.id, { ...made, publicKey, counter })
        }
      })

  test('self-attested is believed: browsers may send that where none was asked for', async () => {
    const { register } = scene()

    ok('id' in (await register({ selfAttest: true })))
    ok(
      'refused' in
        (await register({ selfAttest: true, attestation: (object) => object.set('attStmt', new Map([['alg', -7]])) })),
    )
  })
})

describe('a new passkey with one fault', async () => {
  const { register, device } = scene()
  equal('id' in (await register()), true)
  for (const { title, bend } of registrationFaults)
    test(`${title} is refused`, async () => {
      const made = await register(bend)

      ok('refused' in made, `${title} made ${JSON.stringify(made)} on ${device.id}`)
    })
})

describe('a sign-in with one fault', () => {
  for (const { title, bend } of signInFaults)
    test(`${title} is refused`, async () => {
      const { enrol, signIn, table } = scene()
      const made = await enrol()
      const first = await signIn()
      ok('counter' in first)
      table.set(made.id, { ...made, counter: first.counter })

      const proof = await signIn(bend)

      ok('refused' in proof, `${title} proved ${JSON.stringify(proof)}`)
    })
})

describe('the faults', () => {
  test('are forty at least of either kind, each with its title', () => {
    for (const faults of [registrationFaults, signInFaults]) {
      ok(faults.length >= 40, `${faults.length}`)
      equal(new Set(faults.map(({ title }) => title)).size, faults.length)
    }
  })

  test('are not all noticed by the library alone, whose other checks are ours', async () => {
    const { enrol, passkeys, device } = scene()
    const made = await enrol()
    const options = await passkeys.startRegistration({ account: 'alice', name: 'a', passkeys: [] })
    const request = await passkeys.startSignIn()
    const common = { expectedOrigin: origin, expectedRPID: party.id }
    const believed: string[] = []
    for (const { title, bend } of registrationFaults) {
      // The library types what it is sent; here it is sent whatever the fault made of it.
      const response = device.create(options, bend) as Parameters<typeof verifyRegistrationResponse>[0]['response']
      const expectedChallenge = String(options['challenge'])
      const verdict = await settled(() => verifyRegistrationResponse({ response, expectedChallenge, ...common }))
      if (verdict?.verified) believed.push(`registration: ${title}`)
    }
    const key = Uint8Array.from(Buffer.from(made.publicKey, 'base64url'))
    const credential = { id: made.id, publicKey: key, counter: 0 }
    for (const { title, bend } of signInFaults) {
      const response = device.get(request, bend) as Parameters<typeof verifyAuthenticationResponse>[0]['response']
      const expectedChallenge = String(request['challenge'])
      const verdict = await settled(() =>
        verifyAuthenticationResponse({ response, expectedChallenge, credential, ...common }),
      )
      if (verdict?.verified) believed.push(`sign-in: ${title}`)
    }

    for (const title of [
      'registration: a frame of another origin',
      'registration: a byte after the attestation object',
      'registration: an id that is not that of the passkey',
      'registration: a point beside the curve',
      'sign-in: a frame of another origin',
      'sign-in: a passkey nobody has',
      'sign-in: the handle of another',
      'sign-in: a passkey that may be copied now',
    ])
      ok(believed.includes(title), `${title}\n${believed.join('\n')}`)
  })
})

describe('a challenge', () => {
  test('works once, also after an answer that was refused', async () => {
    const { enrol, passkeys, device, find } = scene()
    await enrol()
    const options = await passkeys.startSignIn()
    const answer = device.get(options)

    equal('account' in (await passkeys.finishSignIn(answer, find)), true)
    deepEqual(await passkeys.finishSignIn(answer, find), {
      refused: 'its challenge is not one of ours for this sign-in',
    })
    const spoilt = await passkeys.startSignIn()
    equal('refused' in (await passkeys.finishSignIn(device.get(spoilt, { signature: () => Buffer.of(1) }), find)), true)
    equal('refused' in (await passkeys.finishSignIn(device.get(spoilt), find)), true)
  })

  test('of fifty who send the same answer at once, one is believed', async () => {
    const { enrol, passkeys, device, find } = scene()
    await enrol()
    const answer = device.get(await passkeys.startSignIn())

    const verdicts = await Promise.all(Array.from({ length: 50 }, () => passkeys.finishSignIn(answer, find)))

    equal(verdicts.filter((one) => 'account' in one).length, 1)
  })

  test('expires after five minutes', async () => {
    const { enrol, passkeys, device, find, clock } = scene()
    await enrol()
    const [one, other] = [await passkeys.startSignIn(), await passkeys.startSignIn()]
    clock.advance(299_999)
    equal('account' in (await passkeys.finishSignIn(device.get(one), find)), true)
    clock.advance(1)
    equal('account' in (await passkeys.finishSignIn(device.get(other), find)), false)
  })

  test('of a sign-in makes no passkey, nor one of a registration a sign-in, of the same account', async () => {
    const { enrol, passkeys, device, find } = scene()
    const { id } = await enrol()
    const { challenge } = await passkeys.startSignIn({ account: 'alice', passkeys: [id] })
    const creation = await passkeys.startRegistration({ account: 'alice', name: 'a', passkeys: [] })

    const made = await passkeys.finishRegistration('alice', device.create({ ...creation, challenge }))
    const answer = device.get({ rpId: party.id, challenge: creation['challenge'] })
    const proof = await passkeys.finishSignIn(answer, find, 'alice')
    match(JSON.stringify([made, proof]), /^\[{"refused":"its challenge[^}]*},{"refused":"its challenge[^}]*}\]$/)
  })

  test('of one account is of no use to another, nor one for anybody to somebody', async () => {
    const { enrol, passkeys, device, find } = scene()
    const made = await enrol()
    const creation = await passkeys.startRegistration({ account: 'alice', name: 'a', passkeys: [] })
    equal('refused' in (await passkeys.finishRegistration('bob', device.create(creation))), true)
    const hers = await passkeys.startSignIn({ account: 'alice', passkeys: [made.id] })
    equal('refused' in (await passkeys.finishSignIn(device.get(hers), find, 'bob')), true)
    const anybody = await passkeys.startSignIn()
    equal('refused' in (await passkeys.finishSignIn(device.get(anybody), find, 'alice')), true)
    const again = await passkeys.startSignIn({ account: 'alice', passkeys: [made.id] })
    equal('refused' in (await passkeys.finishSignIn(device.get(again), find)), true)
  })

  test('is 256 random bits, asked for once', async () => {
    const { passkeys } = scene()
    const texts = await Promise.all(
      Array.from({ length: 200 }, async () => String((await passkeys.startSignIn())['challenge'])),
    )

    equal(new Set(texts).size, 200)
    for (const text of texts) equal(Buffer.from(text, 'base64url').length, 32)
  })

  test('is dropped from a full memory, the oldest first', async () => {
    const memory = createChallengeMemory(2)
    const made = ['a', 'b', 'c'].map((text) => ({
      text,
      purpose: 'sign_in' as const,
      account: null,
      verified: true,
      expiresMs: 1,
    }))
    for (const challenge of made) await memory.put(challenge)

    deepEqual(
      [await memory.take('a'), (await memory.take('c'))?.text, await memory.take('c')],
      [undefined, 'c', undefined],
    )
  })
})

describe('a passkey as a second factor', () => {
  test('need not prove who holds it, nor say whose it is, but is of that account', async () => {
    const { enrol, passkeys, device, find, table } = scene()
    const made = await enrol()
    const start = () => passkeys.startSignIn({ account: 'alice', passkeys: [made.id] })
    const touched: Bend = { flags: (flags) => flags & ~4, userHandle: null }

    const proof = await passkeys.finishSignIn(device.get(await start(), touched), find, 'alice')
    deepEqual(proof, { account: 'alice', passkey: made.id, counter: 1, backedUp: false, verified: false })
    table.set(made.id, { ...made, account: 'bob' })
    const stolen = await passkeys.finishSignIn(device.get(await start(), touched), find, 'alice')
    deepEqual(stolen, { refused: 'there is no such passkey of this account' })
  })
})

describe('what a browser is asked', () => {
  test('for a new passkey: this domain, this person, one that is on the device, and no attestation', async () => {
    const { passkeys } = scene()
    const options = await passkeys.startRegistration({
      account: 'alice',
      name: 'alice@example.com',
      passkeys: ['AAAA'],
    })

    const { challenge, ...rest } = options
    notEqual(challenge, undefined)
    deepEqual(rest, {
      rp: { id: 'example.com', name: 'Shop' },
      user: {
        id: Buffer.from('alice').toString('base64url'),
        name: 'alice@example.com',
        displayName: 'alice@example.com',
      },
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
      timeout: 300_000,
      attestation: 'none',
      excludeCredentials: [{ type: 'public-key', id: 'AAAA' }],
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    })
  })

  test('for a signature of anybody no passkey is named, so that none is told of', async () => {
    const { passkeys } = scene()

    const options = await passkeys.startSignIn()
    deepEqual([options['allowCredentials'], options['userVerification']], [[], 'required'])
  })
})

async function settled<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch {
    // The library throws for what it refuses.
    return undefined
  }
}
