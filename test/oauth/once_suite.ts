// The suite of codes at three processes: of many exchanges at once, one succeeds.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { join } from 'node:path'
import { type Child, startProcess } from '../keys/processes.ts'
import { postgresForTests } from '../postgres.ts'
import { authorizeUrl, codeFor, exchange, makeAccount, openScene, post, ann } from './scene.ts'

/** Declares the suite. */
export async function onceSuite({ rounds, twins }: { readonly rounds: number; readonly twins: number }): Promise<void> {
  const database = await postgresForTests()
  const title = `of ${twins} exchanges of one code at three processes, one succeeds, ${rounds} times`
  if ('skip' in database) return void test(title, database)
  after(() => database.drop())

  void test(title, async () => {
    await using scene = await openScene({ databaseUrl: database.url })
    await makeAccount(scene.house, ann)
    const children: Child[] = []
    const script = join(import.meta.dirname, 'child.ts')
    // One after the other: each looks at the tables under one lock.
    while (children.length < 2) children.push(await startProcess(database.url, script, [scene.url]))
    const urls = [scene.url, ...children.map(({ url }) => url)]
    try {
      const browser = scene.browser()
      for (let round = 0; round < rounds; round++)
        assert.equal(await successes(urls, twins, await codeFor(scene, authorizeUrl(), browser)), 1)
    } finally {
      for (const child of children) await child.kill()
    }
  })
}

async function successes(urls: readonly string[], twins: number, code: string): Promise<number> {
  const tries = Array.from({ length: twins }, (_, n) => ({ url: urls[n % urls.length] ?? '' }))
  const answers = await Promise.all(tries.map((one) => post(one, '/oauth/token', exchange(code))))
  const odd = answers.filter(({ status, body }) => status !== 200 && body['error'] !== 'invalid_grant')
  assert.deepEqual(odd, [])
  return answers.filter(({ status }) => status === 200).length
}
