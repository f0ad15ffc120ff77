// The API keys that a process remembers: whose they are now, what they are narrowed to, and that they were used.
import { apiKeyLimits } from '../../base/limits.ts'
import { valuesOf } from '../../call/draft.ts'
import { type Caller, noOne } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import { findRows } from '../../call/find.ts'
import { type House, storeOf } from '../../call/house.ts'
import { transact } from '../../call/transact.ts'
import type { Row } from '../../define/resource.ts'
import { quote } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { accounts, apiKeys, rolesOf, serviceAccounts } from '../accounts/index.ts'
import { createThrottle } from '../limits/index.ts'
import { createMemory } from './memory.ts'
import { rowOf } from './session_memory.ts'
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
  const markUsed = markerOf(house)
  const recall = createMemory<Known>(house, (hash, nowMs) => look(house, hash, nowMs))
  const taken = (hash: string, known: Known | undefined): Caller | undefined => {
    if (known === undefined || known.endsMs <= clock.ms()) return undefined
    if (good.size >= goodKept) good.delete(good.keys().next().value ?? '')
    good.add(hash)
    if (known.usedMs + apiKeyLimits.usedEveryMs <= clock.ms()) {
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
  const key = await keyOf(house, hash)
  const endsMs = key?.endsAt?.getTime() ?? Number.POSITIVE_INFINITY
  const owner = key === undefined || endsMs <= nowMs ? undefined : await ownerOf(house, key)
  if (key === undefined || owner === undefined) return undefined
  return { caller: callerOf(key, owner), endsMs, usedMs: key.usedAt?.getTime() ?? Number.NEGATIVE_INFINITY }
}

async function keyOf(house: House, hash: string): Promise<Key | undefined> {
  const rows = storeOf(house, apiKeys.name)
  const session = { all: house.engine.query.bind(house.engine) }
  const [row] = await findRows(rows, session, { hash }, { limit: 1 })
  // The layout of this noun makes exactly its row.
  return row && (valuesOf(house.sealing, rows, { row, items: [] }) as Key)
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
    roles: Object.freeze(rolesOf(roles)),
    key,
    scopes: Object.freeze(scopes.split(' ')),
    budget: `key ${key}`,
  })

interface Use {
  readonly id: string
  readonly now: string
  /** One that another process wrote down since is enough. */
  readonly before: string
}

const deed = { operation: 'auth.key_used', caller: noOne, origin: fromInside }

/** Writes a use down beside the request, which does not wait for it. It is nobody's deed, and wakes nobody. */
function markerOf(house: House): (id: string) => void {
  const { layout, dialect } = storeOf(house, apiKeys.name)
  const draft = new Draft<Use>(dialect)
  const now = draft.slot('instant', (use) => use.now)
  const id = draft.slot('uuid', (use) => use.id)
  const before = draft.slot('instant', (use) => use.before)
  const made = draft.finish(
    `update ${quote(layout.table)} set "used_at" = ${now}, "version" = "version" + 1 ` +
      `where "id" = ${id} and ("used_at" is null or "used_at" <= ${before})`,
    [],
  )
  const write = (use: Use): Promise<unknown> =>
    transact(house, deed, { isolation: 'locked' }, async (_tx, { session }) =>
      session.all(made.statement, made.values(use)),
    )
  return (key) => {
    const ms = house.clock.ms()
    const since = new Date(ms - apiKeyLimits.usedEveryMs).toISOString()
    write({ id: key, now: new Date(ms).toISOString(), before: since }).catch((error: unknown) => {
      house.log.warn({ error, key }, 'the use of a key was not written down')
    })
  }
}
