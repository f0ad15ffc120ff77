// Tamperings with the audit by somebody who may write to the database: what its tables hold, changed at random.
import { seededRandom } from '../../base/random.ts'
import type { Keyring } from '../../base/seal.ts'
import { createKeyring } from '../../base/seal.ts'
import type { House } from '../../call/house.ts'
import type { Storage, Stored } from '../../define/field.ts'
import type { AnchorLine } from './anchor_lines.ts'
import { type Checkpoint, nextCheckpoint } from './checkpoint.ts'
import { beginning, hashOf, linkText, purposes, said, writeContent } from './content.ts'
import { checkpoints, entries, waiting } from './nouns.ts'
import { auditIn } from './source.ts'
import { type Verified, verify } from './verify.ts'

export type Row = Record<string, Stored>

/** Everything that the audit keeps in the database. */
export interface Kept {
  readonly entries: Row[]
  readonly checkpoints: Row[]
  readonly waiting: Row[]
}

const tables = [entries.name, checkpoints.name, waiting.name] as const
const orders: Readonly<Record<string, string>> = { [entries.name]: 'position', [checkpoints.name]: 'number' }

export function verifyHouse(
  house: House,
  anchor?: readonly AnchorLine[],
  keys: Keyring = house.keys,
): Promise<Verified> {
  const { engine, clock } = house
  const session = { all: engine.query.bind(engine) }
  return verify(auditIn(session, engine.dialect), { keys, now: clock.ms(), anchor })
}

/** What lies in the database. */
export async function readKept(house: House): Promise<Kept> {
  const [first, second, third] = await Promise.all(tables.map((table) => readTable(house, table)))
  return { entries: first ?? [], checkpoints: second ?? [], waiting: third ?? [] }
}

function layoutIn(house: House, table: string): { name: string; column: string; storage: Storage }[] {
  return [...(house.stores.get(table)?.layout.columns ?? [])]
}

async function readTable(house: House, table: string): Promise<Row[]> {
  const columns = layoutIn(house, table)
  const list = columns.map(({ column, storage }) => house.engine.dialect.read(`t."${column}"`, storage)).join(', ')
  const order = `"${orders[table] ?? 'id'}"`
  const reads = columns.map(({ storage }) => storage)
  const rows = await house.engine.query({ text: `select ${list} from ${table} as t order by ${order}`, reads }, [])
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null])))
}

/** What an anchor has that was written with them. */
export const anchorOf = ({ checkpoints: signed }: Kept): AnchorLine[] =>
  signed.map((row) => ({
    checkpoint: { ...row, at: row['createdAt'] } as unknown as Checkpoint, // a row of ours has all of it
  }))

/** Puts all of it into the database in place of what lies there. */
export async function writeKept(house: House, kept: Kept): Promise<void> {
  await house.engine.write({ name: 'tamper', isolation: 'locked' }, async (tx) => {
    for (const [at, table] of tables.entries()) {
      await tx.raw(`delete from ${table}`, [])
      const rows = [kept.entries, kept.checkpoints, kept.waiting][at] ?? []
      const columns = layoutIn(house, table)
      for (let from = 0; from < rows.length; from += 50) {
        const part = rows.slice(from, from + 50)
        const values = part.flatMap((row) => columns.map(({ name }) => row[name] ?? null))
        const tuples = part.map((_, row) => {
          const slots = columns.map(({ storage }, index) =>
            house.engine.dialect.typed(row * columns.length + index + 1, storage),
          )
          return `(${slots.join(', ')})`
        })
        const names = columns.map(({ column }) => `"${column}"`).join(', ')
        await tx.all({ text: `insert into ${table} (${names}) values ${tuples.join(', ')}`, reads: [] }, values)
      }
    }
  })
}

/** The same entries with their chain made anew from a place on, as anybody can who knows how it is made. */
export function rechained(kept: Kept, from: number, keys?: Keyring): Kept {
  let before: string = beginning
  const made = kept.entries.map((row, at) => {
    const position = at + 1
    if (position < from) {
      before = String(row['hash'])
      return { ...row, position, sound: true }
    }
    const text = linkText({ before, position, sound: true, values: valuesOf(row) })
    const mac = keys === undefined ? String(row['mac']) : keys.mac(purposes.chained, text)
    before = hashOf(text, mac)
    return { ...row, position, sound: true, hash: before, mac }
  })
  return { ...kept, entries: made }
}

const valuesOf = (row: Row): Stored[] => said.map((name) => row[name] ?? null)

/** The same with every code and signature made anew: what only who has the keys can do. */
export const forged = (house: House, kept: Kept): Kept => resigned(house, rechained(kept, 1, house.keys))

/** An entry as it would wait, with the code of whoever puts it there. */
function asWaiting(row: Row, keys: Keyring): Row {
  const half = (name: string): object | null =>
    typeof row[name] === 'string' ? (JSON.parse(row[name]) as object) : null // it was written as JSON
  const content = writeContent({ ...row, before: half('before'), after: half('after') })
  const [id, noun, of] = [row['id'] ?? null, row['noun'] ?? null, row['row'] ?? null]
  const at = row['createdAt'] ?? null
  const mac = keys.mac(purposes.waiting, content)
  return { id, content, mac, noun, row: of, arrival: 0, createdAt: at, updatedAt: at, version: 1 }
}

/** The same with checkpoints at the same places, signed by whoever the house's keys say. */
export function resigned(house: House, kept: Kept): Kept {
  let last: Checkpoint | undefined
  const made = kept.checkpoints.flatMap((row): Row[] => {
    const position = Math.min(Number(row['position']), kept.entries.length)
    if (last !== undefined && position <= last.position) return []
    last = nextCheckpoint(house, last, { position, hash: String(kept.entries[position - 1]?.['hash']) })
    const { at, ...told } = last
    return [{ ...told, createdAt: at, updatedAt: at, version: 1 }]
  })
  return { ...kept, checkpoints: made }
}

const stolen = createKeyring('the secret of a thief, which is another one')
/** A house of somebody else: the same but for the keys. */
const thief = (house: House): House => ({ ...house, keys: stolen })

// ---- at random

export interface Dice {
  whole(below: number): number
  one<T>(list: readonly T[]): T
  bool(): boolean
}

export function diceOf(seed: number): Dice {
  const random = seededRandom(seed)
  const whole = (below: number): number => Math.floor(random.fraction() * below)
  return {
    whole,
    one: (list) => list[whole(list.length)]!,
    bool: () => random.fraction() < 0.5,
  }
}

type Tampering = (kept: Kept, dice: Dice) => { readonly kept: Kept; readonly from: number }

const copyOf = (kept: Kept): Kept => structuredClone(kept)

function another(value: Stored | undefined, dice: Dice): Stored {
  if (typeof value === 'number') return value + dice.one([-1, 1, 1_000])
  if (typeof value === 'boolean') return !value
  if (value === null || value === undefined) return null
  if (value === '') return 'x'
  const at = dice.whole(value.length)
  const letter = value[at] === '0' ? '1' : '0'
  return /^\d{4}-/.test(value)
    ? new Date(Date.parse(value) + 1).toISOString()
    : value.slice(0, at) + letter + value.slice(at + 1)
}

const isId = (name: string): boolean => name === 'id'

function changed(row: Row, dice: Dice): Row {
  const name = dice.one(Object.keys(row).filter((one) => row[one] !== null))
  if (name === 'change') return { ...row, change: dice.one(['created', 'changed', 'deleted']) }
  if (name === 'before' || name === 'after')
    return { ...row, [name]: JSON.stringify({ remark: `other ${dice.whole(1_000)}` }) }
  if (isId(name)) return { ...row, id: `01900000-0000-7000-8000-${String(dice.whole(1e9)).padStart(12, '0')}` }
  return { ...row, [name]: another(row[name], dice) }
}

const emptied = ['target', 'caller', 'address', 'before', 'after', 'row'] as const

/** What may be done to the entries; answers from which place on the chain is another. */
const tamperings: { readonly [name: string]: Tampering } = {
  change(kept, dice) {
    const at = dice.whole(kept.entries.length)
    kept.entries[at] = changed(kept.entries[at]!, dice)
    return { kept, from: at + 1 }
  },
  blank(kept, dice) {
    const at = dice.whole(kept.entries.length)
    const row = kept.entries[at]!
    const name = dice.one(emptied)
    kept.entries[at] = { ...row, [name]: row[name] === null ? JSON.stringify({ put: 'in' }) : null }
    return { kept, from: at + 1 }
  },
  remove(kept, dice) {
    const at = dice.whole(kept.entries.length)
    kept.entries.splice(at, 1 + dice.whole(3))
    return { kept, from: at + 1 }
  },
  removeFirst(kept, dice) {
    const { position } = dice.one(kept.checkpoints)
    kept.entries.splice(0, Number(position))
    return { kept, from: 1 }
  },
  putIn(kept, dice) {
    const at = dice.whole(kept.entries.length)
    const id = `01900000-0000-7000-8000-${String(dice.whole(1e9)).padStart(12, '0')}`
    kept.entries.splice(at, 0, { ...dice.one(kept.entries), id })
    return { kept, from: at + 1 }
  },
  putAside(kept, dice) {
    const id = `01900000-0000-7000-8000-${String(dice.whole(1e9)).padStart(12, '0')}`
    const made = asWaiting({ ...dice.one(kept.entries), id }, stolen)
    kept.waiting.push(dice.bool() ? made : { ...made, mac: dice.one(kept.entries)['mac'] ?? '' })
    return { kept, from: Infinity }
  },
  swap(kept, dice) {
    const [one, other] = [dice.whole(kept.entries.length), dice.whole(kept.entries.length)]
    const [first, second] = [kept.entries[one]!, kept.entries[other]!]
    kept.entries[one] = { ...second, position: first['position'] ?? null }
    kept.entries[other] = { ...first, position: second['position'] ?? null }
    return { kept, from: Math.min(one, other) + 1 }
  },
  move(kept, dice) {
    const from = dice.whole(kept.entries.length)
    const [row] = kept.entries.splice(from, 1)
    const to = dice.whole(kept.entries.length)
    kept.entries.splice(to, 0, row!)
    return { kept, from: Math.min(from, to) + 1 }
  },
  cutOff(kept, dice) {
    kept.entries.splice(kept.entries.length - 1 - dice.whole(kept.entries.length - 1))
    return { kept, from: kept.entries.length + 1 }
  },
  sealAgain(kept, dice) {
    const at = dice.whole(kept.entries.length)
    kept.waiting.push(...kept.entries.splice(at).map((row) => asWaiting(row, stolen)))
    return { kept, from: kept.entries.length + 1 }
  },
  changeCheckpoint(kept, dice) {
    const at = dice.whole(kept.checkpoints.length)
    kept.checkpoints[at] = changed(kept.checkpoints[at]!, dice)
    return { kept, from: Infinity }
  },
  removeCheckpoint(kept, dice) {
    kept.checkpoints.splice(dice.whole(kept.checkpoints.length), 1 + dice.whole(2))
    return { kept, from: Infinity }
  },
  removeLastCheckpoints(kept, dice) {
    kept.checkpoints.splice(dice.whole(kept.checkpoints.length))
    return { kept, from: Infinity }
  },
}

/** What may be done besides, so that it is not noticed. */
const coverings: { readonly [name: string]: (house: House, kept: Kept, from: number) => Kept } = {
  nothing: (_, kept) => kept,
  'the chain and its codes': (_, kept, from) => (from === Infinity ? kept : rechained(kept, from, stolen)),
  'the chain': (_, kept, from) => (from === Infinity ? kept : rechained(kept, from)),
  'the chain, and signed by a key of their own': (house, kept, from) =>
    from === Infinity ? kept : resigned(thief(house), rechained(kept, from)),
  'the chain, and took the later checkpoints away': (_, kept, from) => {
    const made = from === Infinity ? kept : rechained(kept, from)
    return { ...made, checkpoints: made.checkpoints.filter(({ position }) => Number(position) < from) }
  },
  'the chain, and took every checkpoint away': (_, kept, from) => {
    return { ...(from === Infinity ? kept : rechained(kept, from)), checkpoints: [] }
  },
}

/** One tampering, at random: another state of the tables than the one given, and what was done, in words. */
export function tampered(house: House, whole: Kept, seed: number): { readonly kept: Kept; readonly words: string } {
  const dice = diceOf(seed)
  for (;;) {
    const name = dice.one(Object.keys(tamperings))
    const covering = dice.one(Object.keys(coverings))
    const { kept, from } = tamperings[name]!(copyOf(whole), dice)
    const made = coverings[covering]!(house, kept, from)
    if (asStored(made) !== asStored(whole) && isStorable(made))
      return { kept: made, words: `seed ${seed}: ${name} at ${from}, then made good ${covering}` }
  }
}

// Rows have no order but what they say.
function asStored({ entries: rows, checkpoints: signed, waiting: open }: Kept): string {
  const sorted = (list: readonly Row[]): string[] => list.map((row) => JSON.stringify(row)).toSorted()
  return JSON.stringify([sorted(rows), sorted(signed), sorted(open)])
}

// The database itself refuses some: two rows of one id or place, a place below the first, a checkpoint's number twice.
function isStorable({ entries: rows, checkpoints: signed }: Kept): boolean {
  const places = [...rows.map(({ position }) => position), ...signed.map(({ position }) => position)]
  return (
    isUnique(rows.map(({ id }) => id)) &&
    isUnique(rows.map(({ position }) => position)) &&
    isUnique(signed.map(({ id }) => id)) &&
    isUnique(signed.map(({ number }) => number)) &&
    [...places, ...signed.map(({ number }) => number)].every((place) => place === null || Number(place) >= 1) &&
    rows.every(({ outcome }) => String(outcome).length <= 41)
  )
}

const isUnique = (list: readonly unknown[]): boolean => new Set(list).size === list.length
