// The suite of codes at three processes: of many exchanges at once, one succeeds.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { join } from 'node:path'
import { type Child, startProcess } from '../keys/processes.ts'
import { postgresForTests } from '../postgres.ts'
import { club } from './app.ts'
import { authorizeUrl, codeFor, exchange, makeAccount, openScene, post, ann } from './scene.ts'

/** Declares the suite. */
export async function onceSuite({ rounds, twins }: { readonly rounds: number; readonly twins: number }): Promise<void> {
  const database = await postgresForTests(club)
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
        await expectOne(urls, twins, await codeFor(scene, authorizeUrl(), browser))
    } finally {
      for (const child of children) await child.kill()
    }
  })
}

/** One, and never two; none only where a machine that is too slow said so. */
async function expectOne(urls: readonly string[], twins: number, code: string): Promise<void> {
  const tries = Array.from({ length: twins }, (_, n) => ({ url: urls[n % urls.length] ?? '' }))
  const answers = await Promise.all(tries.map((one) => post(one, '/oauth/token', exchange(code))))
  const won = answers.filter(({ status }) => status === 200).length
  const busy = answers.filter(({ status }) => status === 503).length
  const odd = answers.filter(({ status, body }) => ![200, 503].includes(status) && body['error'] !== 'invalid_grant')
  assert.deepEqual(odd, [])
  assert.ok(won === 1 || (won === 0 && busy > 0), `${won} succeeded, ${busy} were told to wait`)
}
