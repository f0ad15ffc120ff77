#!/usr/bin/env node
// Starts the command line with the flags every Plinth process runs under.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const needed = 26
if (Number.parseInt(process.versions.node, 10) < needed) {
  process.stderr.write(`plinth: needs Node ${needed} or later, this is ${process.version}; try: npx plinth\n`)
  process.exit(2)
}

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const source = at('../src/cli/main.ts')
// In a checkout the sources run as they are; the published package has only the compiled files.
const [entry, conditions] = existsSync(source) ? [source, ['--conditions=source']] : [at('../dist/cli/main.js'), []]
const flags = [
  ...['--import', new URL('quick_start.mjs', import.meta.url).href],
  '--disable-proto=delete',
  '--enable-experimental-regexp-engine-on-excessive-backtracks',
]
const child = spawn(process.execPath, [...conditions, ...flags, entry, ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)))
