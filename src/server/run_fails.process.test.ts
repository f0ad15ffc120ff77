// An app whose first data fails by the database, while nothing is wrong with the disk, says so and ends.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const LONGEST_MS = 60_000

test('a failure that the engine does not end the process for is told in one line, and ends it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-run-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const at = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
  const program = `
    import { app, run } from ${at('../index.ts')}
    import { StoreError } from ${at('../store/contract.ts')}
    const load = () => Promise.reject(new StoreError('broken', 'an answer that nobody knows'))
    await run(app('fails', {}, { title: 'Fails', version: '1.0.0' }), { data: { roles: [], load } })
  `
  const flags = ['--conditions=source', '--input-type=module', '--eval', program]
  const env = { PATH: process.env['PATH'], DATABASE_URL: `sqlite:${join(folder, 'app.db')}`, PORT: '0' }

  const { status, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8', env, timeout: LONGEST_MS })

  assert.deepEqual([status, stderr], [70, 'plinth: an answer that nobody knows\n'])
})
