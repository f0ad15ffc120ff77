// Three processes of one PostgreSQL: a sign-out, another role and an account's end are felt at once, within a second.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Child } from '../keys/processes.ts'
import { postgresForTests } from '../postgres.ts'
import { type Late, lateAnswers } from './ends.ts'
import { club } from './people.ts'
import { startServer } from './processes.ts'
import type { Hearing } from './server_child.ts'

/** What came late where the first process is sound and the others hear as told; undefined without PostgreSQL. */
async function lateWith(others: readonly Hearing[]): Promise<readonly Late[] | { readonly skip: string }> {
  const database = await postgresForTests(club)
  if ('skip' in database) return database
  const children: Child[] = []
  try {
    // One after the other: each looks at the tables under one lock, and the second at once would be refused.
    for (const hearing of ['sound', ...others] as const) children.push(await startServer(database.url, hearing))
    return await lateAnswers(children, { rounds: 1, betweenMs: 50 })
  } finally {
    for (const child of children) await child.kill()
    await database.drop()
  }
}

void test('a change is felt on the next request here, within a second elsewhere, without wakes too', async (t) => {
  const late = await lateWith(['sound', 'deaf'])
  if ('skip' in late) {
    t.skip(late.skip)
    return
  }
  assert.deepEqual(late, [])
})

void test('the control: a process that goes on believing what it remembers is seen', async (t) => {
  const late = await lateWith(['stuck'])
  if ('skip' in late) {
    t.skip(late.skip)
    return
  }
  assert.ok(late.length > 0)
  assert.deepEqual(new Set(late.map(({ at }) => at)), new Set([1]))
})
