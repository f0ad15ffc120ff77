// Type-checks the whole tree; it counts as one test.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { execPath } from 'node:process'
import type { Result } from './results.ts'

/** Runs the compiler of this repository; fails with what it prints. */
export async function checkTypes(root: string, project = 'tsconfig.json'): Promise<Result[]> {
  const began = performance.now()
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  // More checkers share the work and each makes the types of the others again: beside tests that is half as much more.
  const child = spawn(execPath, [compiler, '-p', project, '--pretty', 'false', '--checkers', '1'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  const isGood = (await ended) === 0
  const outcome = isGood ? 'passed' : 'failed'
  const ms = performance.now() - began
  return [{ file: project, line: 1, title: 'the whole tree type-checks', outcome, detail: output + errors, ms }]
}
