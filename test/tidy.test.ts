// The whole tree is tidy: one test for each house rule, over src, examples and test.
import { ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { RULES } from './tidy/rules.ts'
import { readSources } from './tidy/source.ts'

const root = join(import.meta.dirname, '..')

describe('the tree is tidy', () => {
  const sources = readSources(root, ['src', 'examples', 'test'])

  test('tidy sees the files', () => {
    ok(sources.some(({ path }) => path === 'src/define/resource.ts'))
    ok(sources.flatMap(({ imports }) => imports).length > sources.length / 2)
  })

  for (const [title, rule] of Object.entries(RULES)) {
    test(title, () => {
      const findings = rule(sources).map(({ path, line, message }) => `${path}:${line}: ${message}`)

      ok(findings.length === 0, `\n${findings.join('\n')}`)
    })
  }

  test('the lock file names no registry', () => {
    const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')

    ok(!/"resolved":/.test(lock), 'run npm install with omit-lockfile-registry-resolved=true (.npmrc says so)')
  })
})
