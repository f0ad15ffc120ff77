// Several servers of one PostgreSQL in this process, and people and organizations that are simply there.
import { ownedClock, type OwnedClock } from '../../src/base/clock.ts'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { transact } from '../../src/call/transact.ts'
import type { Tx } from '../../src/define/tx.ts'
import { accounts, members, organizations } from '../../src/features/accounts/index.ts'
import type { Engine } from '../../src/store/contract.ts'
import { openPostgres } from '../../src/store/postgres/index.ts'
import { postgresForTests } from '../postgres.ts'
import { serveOn, type Surface } from '../surface/test_server.ts'
import workshop from './workshop.ts'

export interface Several {
  readonly surfaces: readonly (Surface & { readonly clock: OwnedClock })[]
  close(): Promise<void>
}

/** As many servers as there are engines wanted, each made of an open one; each has a clock of its own. */
export async function several(
  ways: readonly ((engine: Engine) => Engine)[],
): Promise<Several | { readonly skip: string }> {
  const database = await postgresForTests(workshop)
  if ('skip' in database) return database
  const surfaces: Surface[] = []
  for (const [at, way] of ways.entries()) {
    const engine = way(await openPostgres({ url: database.url }))
    const clock = ownedClock('2026-01-01T00:00:00.000Z')
    surfaces.push(await serveOn(workshop, { name: 'postgres', engine, clock, seed: 10 + at }))
  }
  const close = async (): Promise<void> => {
    for (const surface of surfaces) await surface.close()
    await database.drop()
  }
  return { surfaces, close }
}

/** Code of the house, which asks nobody. */
export const byHouse = <T>({ server }: Surface, work: (tx: Tx) => Promise<T>): Promise<T> =>
  transact(server.house.house, { operation: 'test', caller: noOne, origin: fromInside }, { isolation: 'locked' }, work)

/** An organization with members of these roles; answers its id, and theirs. */
export const peopled = (surface: Surface, name: string, roles: readonly string[]) =>
  byHouse(surface, async (tx) => {
    const { id: organization } = await tx.create(organizations, { name })
    const people: { readonly account: string; readonly member: string }[] = []
    for (const [at, role] of roles.entries()) {
      const email = `${name}${at}@example.com`
      const { id: account } = await tx.create(accounts, { email, verifiedAt: tx.now })
      const { id: member } = await tx.create(members, { organization, account, email, role })
      people.push({ account, member })
    }
    return { organization, people }
  })
