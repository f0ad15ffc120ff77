// Whose the databases of tests are: a run that ends leaves none, and of one that was killed the next run removes them.
import { systemRandom } from '../base/random.ts'
import { readTestConfig } from './config.ts'
import type { DatabaseServer } from './database_server.ts'

/** What stands in the names of a run's databases; the processes of a run learn of it by PLINTH_TEST_RUN. */
export const newRun = (): string => Buffer.from(systemRandom.bytes(4)).toString('hex')

const own = newRun()

/** The name of a database of the run that this process belongs to: one of its own, unless it was told another. */
export const nameInRun = (rest: string): string => `plinth_test_${readTestConfig().run ?? own}_${rest}`

/** A number that no other user of advisory locks is likely to have. */
const lockClass = 1_347_178_573

/** Begins a run: it is alive for as long as the session is. Takes away what dead runs left. */
export async function beginRun(server: DatabaseServer, run: string): Promise<void> {
  await server.ask('select pg_advisory_lock_shared($1, hashtext($2))', [lockClass, run])
  const others = await server.ask(
    `select distinct substr(datname, 13, 8) from pg_database
     where datname ~ '^plinth_test_[0-9a-f]{8}_' and substr(datname, 13, 8) <> $1`,
    [run],
  )
  for (const other of others.map(String)) {
    const [isDead] = await server.ask('select pg_try_advisory_lock($1, hashtext($2))', [lockClass, other])
    if (isDead !== true) continue
    await endRun(server, other)
    await server.ask('select pg_advisory_unlock($1, hashtext($2))', [lockClass, other])
  }
}

/** Drops every database of a run, and the roles that row security made for them. */
export async function endRun(server: DatabaseServer, run: string): Promise<void> {
  const prefix = `plinth_test_${run}_`
  const databases = await server.ask('select datname from pg_database where starts_with(datname, $1)', [prefix])
  for (const name of databases.map(String)) await dropDatabase(server, name)
}

const begun = new Map<DatabaseServer, Promise<void>>()

/** Begins a run of this process alone, which ends with it, unless it is part of another. */
export function joinRun(server: DatabaseServer): Promise<void> {
  const found = begun.get(server)
  if (found !== undefined || readTestConfig().run !== undefined) return found ?? Promise.resolve()
  const beginning = beginRun(server, own)
  begun.set(server, beginning)
  process.once('beforeExit', () => void endRun(server, own))
  return beginning
}

/** Removes a database, with whoever is still connected, and the roles that were made for it: they are the server's. */
export async function dropDatabase(server: DatabaseServer, name: string): Promise<void> {
  await server.ask(`drop database if exists ${name} with (force)`)
  await server.ask(`drop role if exists plinth_caller_${name}, plinth_system_${name}`)
}
