// Plinth's jobs beside other queues, in turns: rates of promising and running, and how soon a promised job begins.
// Run: (cd bench/jobs/peers && npm install --no-package-lock) && node --conditions=source bench/jobs/run.ts [--rounds 3] [--jobs 3000] [--systems a,b]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, execPath, stderr, stdout } from 'node:process'
import { parseArgs } from 'node:util'
import { postgresForTests } from '../../test/postgres.ts'
import type { Measured } from './measure.ts'

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    rounds: { type: 'string', default: '3' },
    jobs: { type: 'string', default: '3000' },
    redis: { type: 'string', default: 'redis://127.0.0.1:6379' },
    systems: {
      type: 'string',
      default: 'plinth-sqlite,plinth-postgres,pg-boss,graphile-worker,graphile-worker-ahead,bullmq',
    },
  },
})

async function measure(system: string): Promise<Measured> {
  if (system === 'bullmq') return child(system, values.redis)
  if (system === 'plinth-sqlite') {
    const folder = mkdtempSync(join(tmpdir(), 'plinth-bench-jobs-'))
    const measured = child(system, `sqlite:${join(folder, 'app.db')}`)
    rmSync(folder, { recursive: true })
    return measured
  }
  const database = await postgresForTests()
  if ('skip' in database) throw new Error(database.skip)
  const measured = child(system, database.url)
  await database.drop()
  return measured
}

function child(system: string, url: string): Measured {
  const script = new URL('measure.ts', import.meta.url).pathname
  const { stdout: out, stderr: said } = spawnSync(execPath, ['--conditions=source', script, system, url, values.jobs], {
    encoding: 'utf8',
    timeout: 300_000,
  })
  const line = out.trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{')) throw new Error(`${system} measured nothing: ${said}`)
  return JSON.parse(line)
}

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0

const systems = values.systems.split(',')
const found = new Map<string, Measured[]>(systems.map((system) => [system, []]))
for (let round = 0; round < Number(values.rounds); round++) {
  for (const system of systems) {
    const measured = await measure(system)
    found.get(system)?.push(measured)
    stderr.write(`round ${round + 1} ${system}: ${JSON.stringify(measured)}\n`)
  }
}
stdout.write('| queue | promised/s | run/s | begins after p50 ms | p99 ms |\n| --- | --- | --- | --- | --- |\n')
for (const [system, all] of found) {
  const of = (key: keyof Measured): number => median(all.map((one) => one[key]))
  const [promised, run] = [of('promised'), of('run')].map((rate) => Math.round(rate).toString())
  stdout.write(`| ${system} | ${promised} | ${run} | ${of('p50').toFixed(1)} | ${of('p99').toFixed(1)} |\n`)
}
