// A suite's database is its own, and is gone afterwards.
import { equal, ok, rejects } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Client } from 'pg'
import { postgresForTests } from './postgres.ts'

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new Client({ connectionString: url })
  try {
    await client.connect()
    return (await client.query(statement)).rows[0]
  } finally {
    await client.end()
  }
}

const probe = await postgresForTests()
if ('drop' in probe) await probe.drop()

describe('a database for tests', { skip: 'skip' in probe ? probe.skip : false }, () => {
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
