// What is published stands alone: with nothing but its dependencies its types hold, and the app of the README runs.
import { equal, match, ok } from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execPath } from 'node:process'
import { after, test } from 'node:test'
import { blocksOf } from './docs/blocks.ts'

const root = join(import.meta.dirname, '..')
const project = mkdtempSync(join(tmpdir(), 'plinth-published-'))
const published = join(project, 'node_modules/plinth')
after(() => rmSync(project, { recursive: true }))

const { dependencies, files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const compiler = join(root, 'node_modules/typescript/bin/tsc')

/** Runs the compiler; answers what it prints. */
function compiled(...words: readonly string[]): string {
  const { stdout, stderr } = spawnSync(execPath, [compiler, '--checkers', '1', '--pretty', 'false', ...words], {
    cwd: project,
    encoding: 'utf8',
  })
  return stdout + stderr
}

/** A project that has installed Plinth and none of the packages that it uses where they are there. */
function install(): void {
  for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types']) {
    const place = join(project, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), place)
  }
  mkdirSync(published)
  for (const name of ['package.json', ...files.filter((name: string) => name !== 'dist')])
    cpSync(join(root, name), join(published, name), { recursive: true })
  equal(compiled('-p', join(root, 'tsconfig.build.json'), '--outDir', join(published, 'dist')), '')
}

test('a project with nothing but Plinth type-checks, libraries too, and runs', async () => {
  install()
  const [program] = blocksOf('README.md', readFileSync(join(root, 'README.md'), 'utf8')).filter(
    ({ language }) => language === 'ts',
  )
  ok(program, 'the README shows an app')
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(project, 'main.ts'),
    `${program.text}\nimport 'plinth/auth'\nimport 'plinth/client'\nimport 'plinth/testing'\n`,
  )
  const options = { target: 'esnext', lib: ['esnext'], module: 'nodenext', types: ['node'], strict: true, noEmit: true }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['main.ts'] }))

  equal(compiled('-p', '.'), '')

  const child = spawn(execPath, ['main.ts'], { cwd: project, env: { PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  for await (const part of child.stdout) {
    said += String(part)
    if (said.includes('/health')) break
  }
  child.kill('SIGKILL')
  match(said, /shop is up on http/)
})
