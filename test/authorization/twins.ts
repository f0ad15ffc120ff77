// Two states of one app that differ only in what one caller may not see: hidden rows, and hidden fields of seen ones.
import fc from 'fast-check'
import type { Tx } from '../../src/define/tx.ts'
import type { AnyResource } from '../../src/define/resource.ts'
import { accounts, members as places, organizations as tenants } from '../../src/features/accounts/index.ts'
import { board, dossiers, judge, letters, members, organizations, papers, people, vaults, weigh } from './app.ts'
import { allows, type Person, type Row, seesField, type World } from './oracle.ts'
import { everybody, idOf, organizationIds } from './people.ts'

/** Rows by the name of their resource, in the order in which they can be put in. */
export type State = ReadonlyMap<string, readonly Row[]>

export interface Twins {
  readonly person: Person
  readonly left: State
  readonly right: State
}

const [north, south, west] = organizationIds
const peopleIds = [1, 2, 3, 4, 5, 6, 7].map(idOf)
export const rowIds: Readonly<Record<string, readonly string[]>> = {
  people: peopleIds,
  dossiers: [0x101, 0x102, 0x103, 0x104, 0x105].map(idOf),
  papers: [0x201, 0x202, 0x203, 0x204].map(idOf),
  letters: [0x301, 0x302, 0x303].map(idOf),
  vaults: [0x401, 0x402].map(idOf),
  board: [0x501, 0x502].map(idOf),
}

// ---- rows as they might be

const words = fc.constantFrom('Alpha', 'Beta', 'Gamma', 'Delta', 'Alpha Beta', 'ß')
const orNull = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { freq: 3 })
const somebody = fc.constantFrom(...peopleIds)
const cost = orNull(fc.constantFrom('1.00', '2.50', '99.00').map((amount) => ({ amount, currency: 'EUR' })))

const fieldsOf = {
  people: { name: words, phone: orNull(words), level: fc.integer({ min: 0, max: 3 }) },
  dossiers: {
    writer: somebody,
    reviewer: orNull(somebody),
    state: fc.constantFrom('draft', 'open', 'shut'),
    desk: fc.integer({ min: 0, max: 2 }),
    title: words,
    cost,
    verdict: orNull(words),
    hidden: words,
    key: orNull(words),
    rank: fc.integer({ min: 0, max: 3 }),
    lines: fc.array(fc.record({ what: words, person: orNull(somebody) }), { maxLength: 2 }),
  },
  papers: { organization: fc.constantFrom(north, south), writer: somebody, name: words, margin: orNull(words) },
  letters: { body: words, stamped: fc.boolean() },
  vaults: { name: words, keeper: orNull(somebody) },
} as const

/** A row twice, and whether it is there at all. */
interface Pair {
  readonly left: Row
  readonly right: Row
  readonly isLeft: boolean
  readonly isRight: boolean
}

function pairsOf(noun: keyof typeof fieldsOf, needed: boolean): fc.Arbitrary<Pair[]> {
  const fields: Readonly<Record<string, fc.Arbitrary<unknown>>> = fieldsOf[noun]
  const one = fc.record(fields)
  const there = needed ? fc.constant(true) : fc.boolean()
  const ids = rowIds[noun]!
  return fc.tuple(...ids.map((id) => fc.tuple(one, one, there, there).map((made) => pairOf(noun, id, made))))
}

function pairOf(noun: string, id: string, [left, right, isLeft, isRight]: [object, object, boolean, boolean]): Pair {
  // No two rows have one name, whoever has them: what is unique within a tenant is no matter here.
  const named = (row: object): Row => {
    const name: unknown = Reflect.get(row, 'name')
    return noun === 'papers' ? { ...row, id, name: `${String(name)} ${id.slice(-3)}` } : { ...row, id }
  }
  return { left: named(left), right: named(right), isLeft, isRight }
}

// ---- what may differ

/** Twins for a caller: wherever that caller could tell, the right is as the left. */
export const twins: fc.Arbitrary<Twins> = fc
  .record({
    person: fc.constantFrom(...everybody),
    people: pairsOf('people', true),
    dossiers: pairsOf('dossiers', false),
    papers: pairsOf('papers', false),
    letters: pairsOf('letters', false),
    vaults: pairsOf('vaults', true),
    pinned: fc.boolean(),
  })
  .map(({ person, pinned, ...pairs }) => {
    const world: World = new Map([
      ['members', desks],
      ['people', pairs.people.map(({ left }) => left)],
    ])
    const sides = ([people, dossiers, papers, letters, vaults] as const).map((noun) => {
      const own = pairs[noun.name].flatMap((pair) => sidesOf({ world, person, noun }, pair))
      return [noun.name, own] as const
    })
    const side = (at: 0 | 1): State =>
      new Map<string, readonly Row[]>([
        ...sides.map(([name, own]) => [name, own.map((both) => both[at]).filter((row) => row !== undefined)] as const),
        [members.name, desks],
        [board.name, boardOf(pinned)],
      ])
    return { person, left: side(0), right: side(1) }
  })

const desks = [
  { id: idOf(0x601), person: peopleIds[1], desk: 1 },
  { id: idOf(0x602), person: peopleIds[3], desk: 2 },
]

const boardOf = (pinned: boolean): Row[] =>
  rowIds['board']!.map((id, at) => ({ id, text: `Notice ${at}`, pinned, vault: rowIds['vaults']![at] }))

type Scene = Parameters<typeof allows>[0]
type Sides = readonly [Row | undefined, Row | undefined]

function sidesOf(scene: Scene, { left, right, isLeft, isRight }: Pair): Sides[] {
  if (isReachable(scene, left) || isReachable(scene, right)) {
    if (!isLeft) return [[undefined, undefined]]
    return [[left, withHidden(scene, left, right)]]
  }
  return [[isLeft ? left : undefined, isRight ? right : undefined]]
}

/** Is the row there for this caller in whatever way: then that it is there is no secret. */
function isReachable(scene: Scene, row: Row): boolean {
  const { allow } = scene.noun.spec
  const actions = scene.noun === dossiers ? [judge, weigh].map(({ spec }) => spec.allow) : []
  const rules = [allow.list, allow.read, allow.history, allow.update, allow.delete, ...actions]
  return rules.some((one) => allows(scene, one, row))
}

/** The row with the other's values where the caller sees none of them. */
function withHidden(scene: Scene, row: Row, other: Row): Row {
  const merged = Object.entries(row).map(([name, value]) => {
    const isHidden = name !== 'id' && !ruled.has(name) && !seesField(scene, name, row) && !seesField(scene, name, other)
    return [name, isHidden ? other[name] : value] as const
  })
  return { ...row, ...Object.fromEntries(merged) }
}

// What a rule asks decides what is seen, and a caller who may move a row's state sees what the new state shows.
const ruled = new Set(['organization', 'writer', 'state', 'desk', 'verdict'])

// ---- putting a state in

/** Writes the rows of a state, as server code. */
export async function fill(tx: Tx, state: State): Promise<void> {
  for (const [name, rows] of state) {
    const noun: AnyResource | undefined = nouns.find((one) => one.name === name)
    if (noun !== undefined) for (const row of rows) await tx.create(noun, row)
  }
}

const nouns: readonly AnyResource[] = [people, dossiers, papers, letters, vaults, members, board]

/** What is there in every state: organizations, and who is in them. */
export async function found(tx: Tx): Promise<void> {
  const create = (noun: AnyResource, row: Readonly<Record<string, unknown>>): Promise<unknown> => tx.create(noun, row)
  for (const id of organizationIds) {
    await create(tenants, { id, name: 'Together' })
    await create(organizations, { id, name: 'Together' })
  }
  const [fay, gus] = [peopleIds[5], peopleIds[6]]
  for (const [account, email] of [
    [fay, 'fay@example.com'],
    [gus, 'gus@example.com'],
  ] as const)
    await create(accounts, { id: account, email })
  for (const [organization, account, role] of [
    [north, fay, 'admin'],
    [south, gus, 'member'],
    [west, gus, 'owner'],
  ] as const)
    await create(places, { organization, account, email: 'who@example.com', role })
}
