// The keys that sign tokens of one algorithm, kept sealed in the database: made, turned and read again as time goes.
import type { KeyObject } from 'node:crypto'
import { type Caller, noOne } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import type { House } from '../../call/house.ts'
import { transact } from '../../call/transact.ts'
import type { Tx } from '../../define/tx.ts'
import { signingKeys } from '../accounts/index.ts'
import type { AccessToken, Party, Refusal } from './token/access_token.ts'
import { type AlgorithmName, algorithms } from './token/algorithms.ts'
import { type Keyset, keysetAt, plannedKeys } from './token/keyset.ts'
import { openKey, sealKey, type SigningKey } from './token/signing_key.ts'
import { createVerifier, type Verify } from './token/verifier.ts'

/** Another process may have made a key since; the tables are not asked more often for tokens of nobody's. */
const lookAgainMs = 5_000

export interface TokenKeys {
  readonly party: Party
  /** The keys as they are now. */
  readonly keyset: () => Promise<Keyset>
  /** What a token says, or why it is not taken. */
  readonly verify: (token: string) => Promise<AccessToken | Refusal> | AccessToken | Refusal
}

interface Loaded {
  readonly keyset: Keyset
  readonly verify: Verify
  readonly atMs: number
}

/** EdDSA signs access tokens, ES256 and RS256 the ID tokens of an OAuth server: no key of one ever judges another's. */
export function createTokenKeys(house: House, algorithm: AlgorithmName = 'EdDSA'): TokenKeys {
  const { clock, services, model } = house
  const party = { issuer: services.publicUrl ?? 'http://localhost', audience: model.name }
  const state: { loaded: Loaded | undefined; loading: Promise<Loaded> | undefined } = {
    loaded: undefined,
    loading: undefined,
  }
  const load = (): Promise<Loaded> => (state.loading ??= read().finally(() => (state.loading = undefined)))
  const read = async (): Promise<Loaded> => {
    const keyset = keysetAt(await keysOf(house, algorithm), clock.ms())
    state.loaded = { keyset, verify: createVerifier({ keyset, party, clock }), atMs: clock.ms() }
    return state.loaded
  }
  const current = (): Loaded | Promise<Loaded> =>
    state.loaded !== undefined && clock.ms() < state.loaded.keyset.changesAtMs ? state.loaded : load()
  const again = async (token: string, { atMs }: Loaded): Promise<AccessToken | Refusal> => {
    const sinceMs = clock.ms() - atMs // below zero where the clock was set back
    return sinceMs >= 0 && sinceMs < lookAgainMs ? 'unknown_key' : (await load()).verify(token)
  }
  const verifyBy = (loaded: Loaded, token: string): AccessToken | Refusal | Promise<AccessToken | Refusal> => {
    const read = loaded.verify(token)
    return read === 'unknown_key' ? again(token, loaded) : read
  }
  return Object.freeze({
    party,
    keyset: async () => (await current()).keyset,
    verify: (token: string) => {
      const loaded = current()
      return loaded instanceof Promise ? loaded.then((one) => verifyBy(one, token)) : verifyBy(loaded, token)
    },
  })
}

const deed = { operation: 'auth.keys', caller: noOne satisfies Caller, origin: fromInside }

// Serializable: of two processes that find no key, one makes it and the other reads it.
async function keysOf(house: House, algorithm: AlgorithmName): Promise<readonly SigningKey[]> {
  const ready = await readyFor(house, algorithm)
  return transact(house, deed, {}, async (tx) => {
    const { rows, kept } = await stored(tx, house, algorithm)
    const planned = plannedKeys(kept, house.clock.ms(), { algorithm, random: house.random, ready })
    for (const key of planned.filter((one) => !kept.includes(one))) await keep(tx, house, key)
    const gone = kept.filter((one) => !planned.includes(one)).map(({ kid }) => kid)
    for (const row of rows.filter(({ kid }) => gone.includes(kid))) await tx.delete(signingKeys, row.id)
    return planned
  })
}

async function stored(tx: Tx, house: House, algorithm: AlgorithmName) {
  const rows = await tx.find(signingKeys, { algorithm }, { limit: 100 })
  const known = rows.map(({ signsFrom, ...row }) => openKey(house.keys, { ...row, signsFromMs: signsFrom.getTime() }))
  return { rows, kept: known.filter((key) => key !== undefined) }
}

/** What takes long to make is made before the transaction, and only where one is due: a writer would wait for it. */
async function readyFor(house: House, algorithm: AlgorithmName): Promise<KeyObject[]> {
  const { makeSlowly } = algorithms[algorithm]
  if (makeSlowly === undefined) return []
  const { kept } = await transact(house, deed, {}, (tx) => stored(tx, house, algorithm))
  const nowMs = house.clock.ms()
  const signs = kept.some(({ signsFromMs }) => signsFromMs <= nowMs)
  const follows = kept.some(({ signsFromMs }) => signsFromMs > nowMs)
  return Promise.all([signs, follows].filter((isThere) => !isThere).map(() => makeSlowly()))
}

async function keep(tx: Tx, house: House, key: SigningKey): Promise<void> {
  const { signsFromMs, ...record } = sealKey(house.keys, key)
  await tx.create(signingKeys, { ...record, signsFrom: new Date(signsFromMs) })
}
