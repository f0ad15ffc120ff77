// Measures every system on one workload and prints the table that the README's figures come from; see bench/README.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Cluster } from './cluster.ts'
import { canPin, has } from './machine.ts'
import { measureLoad, type LoadOptions } from './measure.ts'
import { commitsOf, summarize, tableOf, type Run, type Start } from './report.ts'
import { ENDPOINTS } from './requests.ts'
import { Subject } from './subject.ts'
import { SYSTEMS, type System } from './systems.ts'

const WORK = join(import.meta.dirname, '.work')
const RESULTS = join(WORK, 'results.json')
const DEFAULTS = { connections: '64', seconds: '8', rounds: '3', starts: '5', endpoints: ENDPOINTS.join(',') }

const HELP = `npm run bench -- [--endpoints a,b] [--systems a,b] [--connections 64] [--seconds 8] [--rounds 3] [--starts 5]

  --endpoints    ${ENDPOINTS.join(', ')}; all of them
  --systems      ${SYSTEMS.map(({ name }) => name).join(', ')}; all of them
  --connections  clients at once
  --seconds      of each run
  --rounds       runs of each endpoint, the systems in turns
  --starts       starts that are timed; their idle memory is read too
  --check-only   only ask every system whether it answers as it should
  --help         this text

It needs wrk, and PostgreSQL's programs for the systems on it. See bench/README.md.
`

interface Options extends LoadOptions {
  readonly starts: number
  readonly systems: readonly System[]
  readonly checkOnly: boolean
}

// Whoever interrupts a measurement leaves no server and no database behind: those end with the exit.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const asked = optionsOrRefusal(process.argv.slice(2))
if (asked !== undefined) await main(asked)

async function main(options: Options): Promise<void> {
  if (!has('wrk')) throw new Error('wrk was not found: install it (apt-get install wrk)')
  if (!canPin) say('One core, or no taskset: server, load and database share what there is, and ratios say less.')
  mkdirSync(WORK, { recursive: true })
  const cluster = new Cluster(WORK)
  const needsCluster = options.systems.some((system) => system.usesPostgres)
  if (needsCluster) {
    cluster.start()
    process.once('exit', () => cluster.stop())
  }
  await withSubjects(options, cluster)
}

async function withSubjects(options: Options, cluster: Cluster): Promise<void> {
  const subjects: Subject[] = []
  try {
    for (const system of options.systems) {
      subjects.push(await Subject.prepare(system, { work: WORK, cluster }, subjects.length))
      say(`${system.name} is filled`)
    }
    const starts = options.checkOnly ? [] : await measureStarts(subjects, options.starts)
    for (const subject of subjects) {
      await subject.start()
      say(`${subject.system.name} answers as it should`)
    }
    if (!options.checkOnly) publish(options, starts, await measureLoad(options, subjects, cluster, tell))
  } finally {
    await Promise.all(subjects.map((subject) => subject.stop()))
  }
}

async function measureStarts(subjects: readonly Subject[], times: number): Promise<Start[]> {
  const starts: Start[] = []
  for (let n = 0; n < times; n++) for (const subject of subjects) starts.push(await subject.measureStart())
  return starts
}

function publish(options: Options, starts: readonly Start[], runs: readonly Run[]): void {
  const systems = new Map(options.systems.map((system) => [system.name, system]))
  const cells = summarize(runs, (name) => systems.get(name) ?? { limit: name })
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, pinned: canPin }
  const { connections, seconds, rounds } = options
  writeFileSync(RESULTS, JSON.stringify({ machine, connections, seconds, rounds, cells, starts, runs }, undefined, 2))
  say(`\nrequests a second (ratio to the limit by rate / by CPU a request) p99, ${connections} connections\n`)
  say(tableOf(cells, starts))
  say(commitsOf(cells))
  say(`Every run is in ${RESULTS}`)
}

function tell(run: Run): void {
  const failures = run.failures === 0 ? '' : `  FAILED ${run.failures}`
  say(
    [
      run.endpoint.padEnd(6),
      run.system.padEnd(15),
      `round ${run.round}`,
      `${run.rps.toFixed(0).padStart(6)}/s`,
      `p50 ${run.p50Ms.toFixed(2)} ms`,
      `p99 ${run.p99Ms.toFixed(2)} ms`,
      `cpu ${run.cpuUs.toFixed(0)} us`,
      `postgres ${run.postgresUs.toFixed(0)} us`,
      `${run.residentMb.toFixed(0)} MB`,
      `loop p99 ${run.loopP99Ms.toFixed(1)} ms`,
      `others ${(run.foreignCores * 100).toFixed(0)}%${failures}`,
    ].join('  '),
  )
}

/** Undefined where there is nothing to measure: help was asked for, or an option is wrong, which is said. */
function optionsOrRefusal(args: string[]): Options | undefined {
  try {
    const options = readOptions(args)
    if (options === undefined) process.stdout.write(HELP)
    return options
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    process.stderr.write(`${error.message}\n\n${HELP}`)
    process.exitCode = 2
    return undefined
  }
}

function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      connections: text(DEFAULTS.connections),
      seconds: text(DEFAULTS.seconds),
      rounds: text(DEFAULTS.rounds),
      starts: text(DEFAULTS.starts),
      endpoints: text(DEFAULTS.endpoints),
      systems: text(SYSTEMS.map((system) => system.name).join(',')),
      'check-only': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  return {
    connections: wholeNumber('connections', values.connections),
    seconds: wholeNumber('seconds', values.seconds),
    rounds: wholeNumber('rounds', values.rounds),
    starts: wholeNumber('starts', values.starts),
    endpoints: chosen('endpoints', values.endpoints, ENDPOINTS, (name) => name),
    systems: chosen('systems', values.systems, SYSTEMS, (system) => system.name),
    checkOnly: values['check-only'],
    firstSeed: Date.now() % 10_000,
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new TypeError(`--${name}: "${text}" is not a whole number from 1 to 99,999`)
  return Number(text)
}

function chosen<T>(name: string, text: string, all: readonly T[], nameOf: (item: T) => string): T[] {
  return text.split(',').map((wanted) => {
    const found = all.find((item) => nameOf(item) === wanted)
    if (found === undefined) throw new TypeError(`--${name}: "${wanted}" is none of ${all.map(nameOf).join(', ')}`)
    return found
  })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** An option of the command line that takes a text. */
function text(value: string): { readonly type: 'string'; readonly default: string } {
  return { type: 'string', default: value }
}
