// Every seeded fault on both engines, by the files that seed it on SQLite by day.
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { runFiles } from '../run/run_files.ts'
import { everywhere } from './seeded.ts'

const root = join(import.meta.dirname, '../..')

for (const file of globSync('test/**/*seeded.process.test.ts', { cwd: root }))
  test(`${file}, on each engine`, { timeout: 1_200_000 }, async () => {
    const results = await runFiles(
      root,
      { paths: [file] },
      { name: undefined, report: () => {}, environment: { [everywhere]: 'yes' } },
    )

    const failed = results.filter(({ outcome }) => outcome === 'failed')
    assert.deepEqual(
      failed.map(({ title, detail }) => `${title}: ${detail.slice(0, 300)}`),
      [],
    )
    assert.ok(results.length > 0)
  })
