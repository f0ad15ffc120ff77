// The people of the app with every kind of rule, and rows in every relation to them.
import type { Id } from 'plinth'
import type { Tx } from '../../src/define/tx.ts'
import bureau, { board, dossiers, letters, members, organizations, papers, people, vaults } from './app.ts'
import {
  accounts, members as places, organizations as tenants, serviceAccounts, serviceMembers,
} from '../../src/features/accounts/index.ts' // prettier-ignore
import type { Person } from './oracle.ts'
import type { Subject } from './scene.ts'

/** An id that is known before its row is made. */
export const idOf = (n: number): string => `01900000-0000-7000-8000-${n.toString(16).padStart(12, 'a')}`
const personId = (n: number): Id<'people'> => idOf(n)
export const south = idOf(0x52)
const [north, west] = [idOf(0x51), idOf(0x53)] as const
export const organizationIds = [north, south, west] as const
const [ann, bob, cat, dan] = [personId(1), personId(2), personId(3), personId(4)] as const
const [eve, fay, gus] = [personId(5), personId(6), personId(7)] as const

const person = (name: string, id: string | null, roles: readonly string[], tenant: string | null): Person => ({
  name,
  id,
  roles,
  tenant,
})

/** Programs: one is an admin of north, one was offered to south and is nobody there. */
const [hal, ivy] = [idOf(0x61), idOf(0x62)] as const

export const everybody: readonly Person[] = [
  person('anonymous', null, [], null),
  person('ann of north', ann, [], north),
  person('bob of south', bob, [], south),
  person('cat, staff of nowhere', cat, ['staff'], null),
  person('dan, clerk of north', dan, ['clerk'], north),
  person('eve, staff and clerk of south', eve, ['clerk', 'staff'], south),
  person('zed, without rows', idOf(9), [], null),
  { ...person('fay, admin of north by membership', fay, ['member:admin'], north), byHeader: true },
  { ...person('gus, owner of west, in south', gus, ['member:member'], south), byHeader: true },
  { ...person('hal, a program, admin of north', hal, ['clerk', 'member:admin'], north), byHeader: true },
]

async function seed(tx: Tx): Promise<void> {
  // `id` is no field that code gives, but the house takes it where it is: rows of known people.
  const named = <T extends object>(id: string, values: T): T => ({ ...values, id })
  for (const [id, name] of [
    [north, 'North'],
    [south, 'South'],
    [west, 'West'],
  ] as const) {
    await tx.create(organizations, named(id, { name }))
    await tx.create(tenants, named(id, { name }))
  }
  await seedPlaces(tx, named)
  await seedPrograms(tx, named)
  for (const [at, id] of [ann, bob, cat, dan, eve, fay, gus].entries())
    await tx.create(people, named(id, { name: `P${at}`, phone: `0${at}`, level: at }))
  await tx.create(members, { person: bob, desk: 1 })
  await tx.create(members, { person: dan, desk: 2 })
  const vault = await tx.create(vaults, { name: 'Deep', keeper: ann })
  const cost = (amount: string): { amount: string; currency: 'EUR' } => ({ amount, currency: 'EUR' })
  const line = { what: 'note', person: bob }
  const about = await tx.create(dossiers, {
    writer: ann,
    title: 'Alpha one',
    state: 'draft',
    cost: cost('1.00'),
    desk: 1,
  })
  const open = await tx.create(dossiers, {
    writer: ann,
    reviewer: bob,
    title: 'Beta one',
    state: 'open',
    desk: 1,
    verdict: 'good',
    lines: [line],
  })
  const values = { writer: bob, reviewer: ann, title: 'Gamma two', desk: 2, verdict: 'bad', cost: cost('7.50') }
  await tx.create(dossiers, { ...values, state: 'shut', key: 'a secret of bob', lines: [line] })
  await tx.create(dossiers, { writer: dan, title: 'Delta two', state: 'draft', desk: 1, lines: [line] })
  for (const [organization, writer, name] of [
    [north, ann, 'Red'],
    [north, dan, 'Green'],
    [south, bob, 'Blue'],
  ] as const) {
    const home = { organization, writer }
    const root = await tx.create(papers, { ...home, name: `${name} root`, margin: `remark ${name}` })
    await tx.create(papers, { ...home, name: `${name} leaf`, parent: root.id })
  }
  await tx.create(letters, { body: 'To whom it may concern', stamped: true })
  await tx.create(board, { text: 'Closed', about: about.id, vault: vault.id })
  await tx.create(board, { text: 'Open', about: open.id, pinned: true })
}

type Named = <T extends object>(id: string, values: T) => T

async function seedPlaces(tx: Tx, named: Named): Promise<void> {
  for (const [id, email, roles] of [
    [fay, 'fay@example.com', { [north]: 'admin' }],
    [gus, 'gus@example.com', { [south]: 'member', [west]: 'owner' }],
  ] as const) {
    const { id: account } = await tx.create(accounts, named(id, { email }))
    for (const [organization, role] of Object.entries(roles)) {
      await tx.create(places, { organization, account, email, role })
    }
  }
}

async function seedPrograms(tx: Tx, named: Named): Promise<void> {
  for (const [id, name, roles, organization, role] of [
    [hal, 'hal', ['clerk'], north, 'admin'],
    [ivy, 'ivy', [], south, null],
  ] as const) {
    const { id: serviceAccount } = await tx.create(serviceAccounts, named(id, { name, roles }))
    await tx.create(serviceMembers, { organization, serviceAccount, name, role })
  }
}

/** The app, its rows and its people. */
export const bureauSubject: Subject = { app: bureau, people: everybody, seed }
