// The API keys that a process remembers: whose they are now, what they are narrowed to, and that they were used.
import { apiKeyLimits } from '../../base/identity_limits.ts'
import type { Caller } from '../../call/caller.ts'
import type { House } from '../../call/house.ts'
import { rowBy, rowOf } from '../../call/look_up.ts'
import type { Row } from '../../define/resource.ts'
import { accounts, apiKeys, serviceAccounts } from '../accounts/index.ts'
import { createThrottle } from '../limits/index.ts'
import { createMarker, usedEveryMs } from './marker.ts'
import { createMemory } from './memory.ts'
import { readSecret } from './token/secret.ts'

type Key = Row<typeof apiKeys>

export interface KeyMemory {
  /**
   * Who calls by the key; undefined for a text that is none, and for one that has ended. What is not made as a key is
   * asked of nothing. Fails with rate_limited for a network that brings many keys that were not seen before.
   */
  readonly find: (presented: string, address: string) => Caller | undefined | Promise<Caller | undefined>
}

interface Known {
  readonly caller: Caller
  readonly endsMs: number
  /** When its use was last written down. */
  usedMs: number
}

/** Keys that were good once, and so are looked up whoever brings how many others. */
const goodKept = 10_000

export function createKeyMemory(house: House): KeyMemory {
  const { clock } = house
  const strangers = createThrottle({
    perMinute: undefined,
    anonymousPerMinute: apiKeyLimits.unknownPerMinute,
    clock,
  })
  const good = new Set<string>()
  const markUsed = createMarker(house, apiKeys)
  const whoseOf = ({ caller }: Known): string | null => caller.id
  const recall = createMemory(house, whoseOf, (hash, nowMs) => look(house, hash, nowMs))
  const taken = (hash: string, known: Known | undefined): Caller | undefined => {
    if (known === undefined || known.endsMs <= clock.ms()) return undefined
    if (good.size >= goodKept) good.delete(good.keys().next().value ?? '')
    good.add(hash)
    if (known.usedMs + usedEveryMs <= clock.ms()) {
      known.usedMs = clock.ms()
      markUsed(known.caller.key ?? '')
    }
    return known.caller
  }
  return Object.freeze({
    find: (presented: string, address: string) => {
      const hash = readSecret('apiKey', presented)
      if (hash === undefined) return undefined
      if (!good.has(hash)) strangers.take(`address ${address}`, false, 1)
      const known = recall(hash)
      return known instanceof Promise ? known.then((one) => taken(hash, one)) : taken(hash, known)
    },
  })
}

async function look(house: House, hash: string, nowMs: number): Promise<Known | undefined> {
  const key = await rowBy(house, apiKeys, { hash })
  const endsMs = key?.endsAt?.getTime() ?? Number.POSITIVE_INFINITY
  const owner = key === undefined || endsMs <= nowMs ? undefined : await ownerOf(house, key)
  if (key === undefined || owner === undefined) return undefined
  return { caller: callerOf(key, owner), endsMs, usedMs: key.usedAt?.getTime() ?? Number.NEGATIVE_INFINITY }
}

type Owner = Pick<Row<typeof serviceAccounts>, 'roles'> & { readonly id: string }

async function ownerOf(house: House, { account: id, serviceAccount }: Key): Promise<Owner | undefined> {
  if (serviceAccount !== null) return rowOf(house, serviceAccounts, serviceAccount)
  const account = id === null ? undefined : await rowOf(house, accounts, id)
  return account?.state === 'active' ? account : undefined
}

const callerOf = ({ id: key, scopes }: Key, { id, roles }: Owner): Caller =>
  Object.freeze({
    id,
    tenant: null,
    roles,
    key,
    scopes,
    budget: `key ${key}`,
  })
