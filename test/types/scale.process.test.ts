// What a large app costs the compiler: 200 resources and 200 actions stay within a budget.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { after, test } from 'node:test'
import { writeApp } from './scale.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'plinth-scale-'))
after(() => rmSync(folder, { recursive: true }))

/** Types made for one resource, its action, its derive and its rules. It counts the same on every machine. */
const INSTANTIATIONS_EACH = 3_500
/** On 2 quiet cores; a busy machine is no fault of the types, so it is asked of a quiet one alone. */
const CHECK_SECONDS = 2.5

interface Cost {
  readonly instantiations: number
  readonly checkSeconds: number
}

function cost(name: string, count: number): Cost {
  const place = join(folder, name)
  writeApp(place, root, count)
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const done = spawnSync(execPath, [compiler, '-p', place, '--extendedDiagnostics', '--checkers', '1'], {
    encoding: 'utf8',
  })
  assert.equal(done.status, 0, (done.stdout + done.stderr).slice(0, 2_000))
  return { instantiations: figure(done.stdout, 'Instantiations'), checkSeconds: figure(done.stdout, 'Check time') }
}

function figure(text: string, name: string): number {
  const found = new RegExp(`^${name}:\\s*([\\d.]+)`, 'm').exec(text)
  return Number(found?.[1])
}

test('200 resources with 200 actions stay within the budget of the compiler', (t) => {
  const few = cost('few', 10)
  const many = cost('many', 200)

  // The difference is the app's alone: both check the sources of the framework, which an installed one does not.
  const each = Math.round((many.instantiations - few.instantiations) / 190)
  const seconds = many.checkSeconds - few.checkSeconds
  t.diagnostic(`${each} instantiations a resource, ${seconds.toFixed(2)} s more to check 190 of them`)
  assert.ok(
    each > 0 && each <= INSTANTIATIONS_EACH,
    `${each} instantiations a resource, at most ${INSTANTIATIONS_EACH}`,
  )
  if ((loadavg()[0] ?? 0) < 1) {
    assert.ok(seconds < CHECK_SECONDS, `${seconds} s to check, at most ${CHECK_SECONDS}`)
  }
})
