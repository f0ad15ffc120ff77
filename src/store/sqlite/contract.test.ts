// The engine contract on SQLite: a database in memory, and one on the disk behind the barrier.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { engineSuite } from '../suite/test_engine.ts'
import { openSqlite } from './index.ts'

const directory = mkdtempSync(join(tmpdir(), 'plinth-test-'))
after(() => rmSync(directory, { recursive: true }))

const files = (function* counter() {
  for (let n = 1; ; n++) yield join(directory, `${n}.db`)
})()

engineSuite('SQLite in memory', () => openSqlite({ file: ':memory:' }))
engineSuite('SQLite on the disk', () => openSqlite({ file: files.next().value }))
