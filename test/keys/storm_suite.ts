// The suite of storms: many twins of many keys at three processes of one database.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { postgresForTests } from '../postgres.ts'
import keysApp from './app.ts'
import { startChild } from './processes.ts'
import { storm, type StormOptions } from './storm.ts'

/** Declares the suite. */
export async function stormSuite(options: Pick<StormOptions, 'keys' | 'twins' | 'abreast'>): Promise<void> {
  const database = await postgresForTests(keysApp)
  const { keys, twins } = options
  const title = `${twins} twins of each of ${keys} keys at three processes have one effect and one answer`
  if ('skip' in database) return void test(title, database)
  after(() => database.drop())

  void test(title, async () => {
    const first = await startChild(database.url) // alone: it makes the tables
    const children = [first, ...(await Promise.all([startChild(database.url), startChild(database.url)]))]
    try {
      assert.deepEqual(await storm({ children, name: 'storm', ...options }), [])
    } finally {
      for (const child of children) await child.kill()
    }
  })
}
