// A suite's database is its own, holds nothing of others, and is gone with the run.
import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Client } from 'pg'
import { databaseServer, ServerSession } from '../src/server/database_server.ts'
import { beginRun, endRun, newRun } from '../src/server/database_runs.ts'
import { app, owner, resource, text } from 'plinth'
import { postgresForTests, type TestDatabase, whyNoPostgres } from './postgres.ts'

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new Client({ connectionString: url })
  try {
    await client.connect()
    return (await client.query(statement)).rows[0]
  } finally {
    await client.end()
  }
}

const missing = await whyNoPostgres()

describe('a database for tests', { skip: missing?.skip ?? false }, () => {
  test('two suites get two databases in UTF8, and dropping one removes it', async () => {
    const [one, two] = [await postgresForTests(), await postgresForTests()]
    ok('url' in one && 'url' in two)

    await ask(one.url, 'create table mark (id int)')

    await rejects(ask(two.url, 'select * from mark'), /does not exist/)
    equal(JSON.stringify(await ask(one.url, 'show server_encoding')), '{"server_encoding":"UTF8"}')
    await one.drop()
    await rejects(ask(one.url, 'select 1'), /does not exist/)
    await two.drop()
  })
})

const people = resource('people', { fields: { name: text({ max: 80 }) }, owner: 'id', allow: { read: [owner] } })
/** Of this file alone: what others give back is not waited for here. */
const own = app('marks', { people, marks: resource('marks', { fields: {}, allow: {} }) })

const ofOwn = async (): Promise<TestDatabase> => {
  const database = await postgresForTests(own)
  ok('url' in database)
  return database
}

const person = `insert into people (id, name, created_at, updated_at)
  values ('01890000-0000-7000-8000-00000000000a', 'Ann', now(), now())`
const count = 'select count(*)::int as people from people'

describe('a database with the tables of an app', { skip: missing?.skip ?? false }, () => {
  test('it is used again, without the rows and the sessions of whoever had it', async () => {
    const first = await ofOwn()
    const left = new Client({ connectionString: first.url })
    const ended = new Promise((resolve) => left.on('error', resolve))
    await left.connect()
    await left.query(person)
    deepEqual(await ask(first.url, count), { people: 1 })
    await first.drop()

    const second = await ofOwn()

    equal(second.url, first.url)
    deepEqual(await ask(second.url, count), { people: 0 })
    match(String(await ended), /terminat/)
    await second.drop()
  })

  test('what somebody has is given to nobody else', async () => {
    const [one, two] = [await ofOwn(), await ofOwn()]

    await ask(one.url, person)

    notEqual(one.url, two.url)
    deepEqual(await ask(two.url, count), { people: 0 })
    await Promise.all([one.drop(), two.drop()])
  })

  for (const fault of [
    'create table mark (id int)',
    'drop index plinth_answers_hash_key',
    'alter policy "$policy" on people using (true)',
    'alter database "$database" set timezone to "Asia/Tokyo"',
    'alter role "plinth_system_$database" bypassrls',
  ])
    test(`one that was altered is not used again: ${fault}`, async () => {
      const first = await ofOwn()
      const found = await ask(
        first.url,
        `select polname, current_database() as name from pg_policy p
        join pg_class c on c.oid = p.polrelid where relname = 'people' and polname like '%select%'`,
      )
      const { polname, name } = found as { polname: string; name: string } // as the query says
      await ask(first.url, fault.replaceAll('$policy', polname).replaceAll('$database', name))
      await first.drop()

      const second = await ofOwn()

      await rejects(ask(first.url, 'select 1'), /does not exist/)
      notEqual(second.url, first.url)
      await second.drop()
    })
})

describe('the databases of a run', { skip: missing?.skip ?? false }, () => {
  test('are gone when it ends, and those of a run that was killed when the next begins', async () => {
    const server = await databaseServer()
    const runs = [newRun(), newRun(), newRun()] as const
    const [ended, killed, alive] = runs
    const places = runs.map((run) => ({ run, session: new ServerSession(server.urlOf('postgres')) }))
    for (const { run, session } of places) {
      await beginRun(session, run)
      await session.ask(`create database plinth_test_${run}_x template template0`)
      await session.ask(`create role plinth_caller_plinth_test_${run}_x`)
    }
    const left = async (): Promise<readonly string[]> => {
      const text = `select datname from pg_database where substr(datname, 13, 8) = any ($1) union all
        select rolname from pg_roles where substr(rolname, 27, 8) = any ($1)`
      const names = await server.ask(text, [runs])
      return runs.filter((run) => names.some((name) => String(name).includes(run)))
    }
    deepEqual(await left(), runs)

    await endRun(places[0]!.session, ended)
    deepEqual(await left(), [killed, alive])
    await places[1]!.session.end()
    const next = new ServerSession(server.urlOf('postgres'))
    await beginRun(next, newRun())
    deepEqual(await left(), [alive])

    await endRun(next, alive)
    await Promise.all([next.end(), places[0]!.session.end(), places[2]!.session.end()])
  })
})
