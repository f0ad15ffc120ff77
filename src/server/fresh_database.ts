// Databases that begin empty and end with their user: what the testing kit runs an app on.
import type { App } from '../define/app.ts'
import { readTestConfig } from './config.ts'
import { type DatabaseServer, databaseServer } from './database_server.ts'
import { dropDatabase, joinRun, nameInRun } from './database_runs.ts'
import { giveBack, takeDatabase } from './used_database.ts'

/** A database without rows; `drop` takes it away, with whoever is still connected. */
export interface FreshDatabase {
  readonly databaseUrl: string
  /** The tables of the app are there, compared with how they were made: a start need not look at them again. */
  readonly isPrepared: boolean
  drop(): Promise<void>
}

/**
 * Makes a database of the engine that is asked for, or that the environment names. It may hold the tables of the app
 * already; where it does not, a start makes them. Fails where none answers.
 */
export async function freshDatabase(app: App, engine?: 'sqlite' | 'postgres'): Promise<FreshDatabase> {
  if ((engine ?? readTestConfig().engine) === 'sqlite')
    return { databaseUrl: 'sqlite::memory:', isPrepared: false, drop: async () => {} }
  return freshPostgres(app)
}

/** The same on PostgreSQL; without an app it is a new one, with nothing in it. */
export async function freshPostgres(app?: App): Promise<FreshDatabase> {
  const server = await databaseServer()
  await joinRun(server)
  if (app !== undefined && (await mayEmpty(server))) {
    const name = await takeDatabase(server, app, (name) => make(server, name))
    return { databaseUrl: server.urlOf(name), isPrepared: true, drop: () => giveBack(server, name) }
  }
  const name = nameInRun(`${process.pid}_${numbers.next().value}`)
  await make(server, name)
  return { databaseUrl: server.urlOf(name), isPrepared: false, drop: () => dropDatabase(server, name) }
}

const numbers = (function* counter() {
  for (let n = 1; ; n += 1) yield n
})()

async function make(server: DatabaseServer, name: string): Promise<void> {
  await server.ask(`create database ${name} encoding 'UTF8' lc_collate 'C' lc_ctype 'C' template template0`)
  // No test pulls the plug of the server: that a commit waits for the disk changes nothing but how long it takes.
  await server.ask(`alter database ${name} set synchronous_commit = off`)
}

/** Nobody else deletes rows that row security keeps from them, and those that others refer to. */
async function mayEmpty(server: DatabaseServer): Promise<boolean> {
  const [isSuperuser] = await server.ask('select rolsuper from pg_roles where rolname = session_user')
  return isSuperuser === true
}
