#!/usr/bin/env node
// Starts the command line with the flags every Plinth process runs under.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const source = at('../src/cli/main.ts')
// In a checkout the sources run as they are; the published package has only the compiled files.
const [entry, conditions] = existsSync(source) ? [source, ['--conditions=source']] : [at('../dist/cli/main.js'), []]
const flags = ['--disable-proto=delete', '--enable-experimental-regexp-engine-on-excessive-backtracks']
const child = spawn(process.execPath, [...conditions, ...flags, entry, ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)))
