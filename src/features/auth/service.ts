// What sign-in works with in one house: hashing, the keys that sign, the sessions it remembers. Made when first needed.
import { availableParallelism } from 'node:os'
import { assert } from '../../base/assert.ts'
import { passwordLimits } from '../../base/identity_limits.ts'
import type { House } from '../../call/house.ts'
import { type BreachedList, loadBreached } from './password/breached.ts'
import { type Bulkhead, createBulkhead, hashConcurrency } from './password/bulkhead.ts'
import { createPace } from './password/pace.ts'
import { createPasswords, type Passwords } from './password/passwords.ts'
import { cheapPreset, type Preset, presets } from './password/schemes.ts'
import { createChallengeTable } from './factors/challenge_table.ts'
import type { RelyingParty } from './passkey/passkey.ts'
import { createPasskeys, type Passkeys } from './passkey/passkeys.ts'
import type { RecoveryMeans } from './totp/recovery_codes.ts'
import { createKeyMemory, type KeyMemory } from './key_memory.ts'
import { createSessionMemory, type SessionMemory } from './session_memory.ts'
import { createTokenKeys, type TokenKeys } from './token_keys.ts'

export interface Auth {
  readonly passwords: Passwords
  /** Lets in as many sign-ins as may hash or wait to: whoever would be refused by then is refused before all else. */
  readonly entry: Bulkhead
  readonly breached: () => Promise<BreachedList>
  readonly keys: TokenKeys
  /** What signs the ID tokens of an OAuth server, for each algorithm that a client may ask for. */
  readonly idKeys: readonly TokenKeys[]
  readonly sessions: SessionMemory
  readonly apiKeys: KeyMemory
  readonly passkeys: Passkeys
  /** What hashes recovery codes. */
  readonly recovery: RecoveryMeans
}

/** About how long one hash takes; only the Retry-After of those refused asks it. */
const hashMs = 80

const services = new WeakMap<House, Auth>()

/** The sign-in of a house. */
export function authOf(house: House): Auth {
  const found = services.get(house)
  if (found !== undefined) return found
  const made = open(house)
  services.set(house, made)
  return made
}

function open(house: House): Auth {
  const { clock, random } = house
  const preset = presetOf(house)
  const concurrency = hashConcurrency(availableParallelism())
  const bulkhead = createBulkhead({ concurrency, queue: passwordLimits.hashQueue, workMs: hashMs })
  const places = concurrency + passwordLimits.hashQueue
  const pace = createPace(passwordLimits.signInsPerTurn)
  const entry = createBulkhead({ concurrency: places, queue: 0, workMs: hashMs, pace })
  const loading: Promise<BreachedList>[] = []
  return Object.freeze({
    passwords: createPasswords({ preset, peppers: [], bulkhead, random }),
    entry,
    // Three megabytes that a process which registers nobody never reads.
    breached: () => loading[0] ?? loading[loading.push(loadBreached()) - 1]!,
    keys: createTokenKeys(house),
    idKeys: Object.freeze([createTokenKeys(house, 'ES256'), createTokenKeys(house, 'RS256')]),
    sessions: createSessionMemory(house),
    apiKeys: createKeyMemory(house),
    passkeys: createPasskeys({ party: partyOf(house), challenges: createChallengeTable(house), clock, random }),
    recovery: Object.freeze({ preset, bulkhead, random }),
  })
}

function presetOf({ services }: House): Preset {
  if (services.cheapHashes !== true) return presets.standard
  assert(services.isDevelopment === true, 'hashes are cheap in tests alone')
  return cheapPreset
}

/** Passkeys belong to the host of PUBLIC_URL, never to what a request says of its host. */
function partyOf({ model, services }: House): RelyingParty {
  const { hostname, origin } = new URL(services.publicUrl ?? 'http://localhost')
  return { id: hostname, name: model.app.options.title ?? model.name, origins: [origin] }
}
