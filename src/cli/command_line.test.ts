// The command line as a whole: its list, what it does not have, and how its process ends.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { processFlags } from '../base/process_flags.ts'
import { commands } from './commands.ts'
import { plinth, plinthBin } from './test_terminal.ts'

test('it lists its commands, and each explains itself', async () => {
  const [bare, asked] = [await plinth([], {}), await plinth(['--help'], {})]

  assert.deepEqual(bare, asked)
  assert.deepEqual([asked.status, asked.err], [0, ''])
  for (const { name, summary, help } of commands) {
    assert.match(asked.out, new RegExp(`^  plinth ${name} +${summary.replaceAll(/[()]/g, '\\$&')}$`, 'm'))
    assert.deepEqual(await plinth([name, '--help'], {}), { status: 0, out: help, err: '' })
  }
})

test('a command that is none, or a bad environment, is one line and its code', async () => {
  assert.deepEqual(await plinth(['audit', 'key'], { LOG_LEVEL: 'loud' }), {
    status: 1,
    out: '',
    err: 'plinth: LOG_LEVEL=loud: must be one of debug, info, warn, error, silent\n',
  })
  assert.deepEqual(await plinth(['frob'], {}), {
    status: 2,
    out: '',
    err: 'plinth: there is no command "frob"; plinth --help lists them\n',
  })
})

test('the program says what it says here, and ends with the same code', async () => {
  for (const words of [['frob'], ['help']]) assert.deepEqual(await plinthBin(words, {}), await plinth(words, {}))
})

test('a reader who has seen enough and closes the pipe is no failure', async () => {
  const words = ['contract', 'print', '--app', join(import.meta.dirname, 'test_user_app.ts')]
  const flags = [...processFlags, join(import.meta.dirname, 'main.ts')]
  const child = spawn(process.execPath, [...flags, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.destroy()

  const [code] = await once(child, 'exit')

  assert.equal(code, 0)
})
