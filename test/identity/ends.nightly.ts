// The same as every day, 500 changes long (A5), while every process is asked about a hundred times a second.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Child } from '../keys/processes.ts'
import { postgresForTests } from '../postgres.ts'
import { lateAnswers } from './ends.ts'
import { club } from './people.ts'
import { startServer } from './processes.ts'

const rounds = 125

void test(`${rounds * 4} changes are each felt within a second at three processes`, async (t) => {
  const database = await postgresForTests(club)
  if ('skip' in database) {
    t.skip(database.skip)
    return
  }
  const children: Child[] = []
  try {
    while (children.length < 3) children.push(await startServer(database.url))
    assert.deepEqual(await lateAnswers(children, { rounds, betweenMs: 10 }), [])
  } finally {
    for (const child of children) await child.kill()
    await database.drop()
  }
})
