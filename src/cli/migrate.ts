// `plinth migrate`: what the database needs to become what the model is; as a plan, as files, and applied.
import { modelOf } from '../server/features.ts'
import { readConfig } from '../server/config.ts'
import { openEngine } from '../server/engine.ts'
import { exitCodes } from '../server/run.ts'
import type { Engine } from '../store/contract.ts'
import {
  applyMigrations,
  migrationStatus,
  type Plan,
  planMigration,
  sealMigration,
  writeMigration,
} from '../store/migrate/index.ts'
import { wantedTables } from '../store/policies.ts'
import { type Command, flag, text, textOf, type Words } from './command.ts'
import { UsageError } from './complain.ts'
import { findApp } from './find_app.ts'
import { say, type Terminal } from './terminal.ts'

export const migrate: Command = {
  name: 'migrate',
  summary: 'plan, apply or show the migrations of the database',
  help: `plinth migrate plan [--write <name>] [--app <file>] [--dir migrations] [--json]
plinth migrate apply [--dir migrations]
plinth migrate status [--dir migrations] [--json]
plinth migrate seal <file> [--dir migrations]

plan    compares the model with the database of DATABASE_URL: each step with its phase, or the reason it is refused.
        --write makes files of it (exit code 1 where a step is refused, and nothing is written).
apply   applies the files that are not applied yet, step by step; after a crash it goes on where it stopped.
status  every file, and how far it is; exit code 1 while something is pending or changed.
seal    writes the checksum of a file edited by hand, before it is applied anywhere.
`,
  options: { app: text, dir: text, write: text, json: flag },
  async run(words, terminal) {
    const [verb, file] = words.positionals
    const asked = { words, directory: textOf(words, 'dir') ?? 'migrations', terminal }
    if (verb === 'plan') return withEngine(plan, asked)
    if (verb === 'apply') return withEngine(apply, asked)
    if (verb === 'status') return withEngine(status, asked)
    if (verb !== 'seal' || file === undefined) throw new UsageError('migrate: say plan, apply, status or seal <file>')
    await sealMigration(asked.directory, file)
    return exitCodes.ok
  },
}

interface Asked {
  readonly words: Words
  readonly directory: string
  readonly terminal: Terminal
}

type Work = (engine: Engine, asked: Asked) => Promise<number>

async function withEngine(work: Work, asked: Asked): Promise<number> {
  const { terminal } = asked
  const config = readConfig(terminal.environment)
  const engine = await openEngine({ ...config, log: terminal.openLog() })
  try {
    return await work(engine, asked)
  } finally {
    await engine.close()
  }
}

async function plan(engine: Engine, { words, directory, terminal }: Asked): Promise<number> {
  const want = wantedTables(
    modelOf(await findApp(textOf(words, 'app'))),
    engine.dialect,
    readConfig(terminal.environment),
  )
  const made = await planMigration(engine, want)
  const name = textOf(words, 'write')
  if (name !== undefined && made.refused.length === 0 && made.steps.length > 0) {
    for (const file of await writeMigration(directory, made, name)) say(terminal, file)
  } else if (words.values['json'] === true) say(terminal, JSON.stringify(made))
  else showPlan(made, terminal)
  return made.refused.length > 0 ? exitCodes.no : exitCodes.ok
}

function showPlan({ steps, refused }: Plan, terminal: Terminal): void {
  const line = (text: string): void => say(terminal, text)
  for (const step of steps) {
    line(`-- ${step.phase}: ${step.name} (${step.rule})`)
    for (const sql of step.sql) line(`${sql};`)
  }
  for (const { subject, rule, reason, instead } of refused) line(`refused: ${subject} (${rule}): ${reason} ${instead}`)
  if (steps.length === 0 && refused.length === 0) line('The database is what the model is.')
}

async function apply(engine: Engine, { directory, terminal }: Asked): Promise<number> {
  const applied = await applyMigrations(engine, directory, {
    report: ({ file, step, number, of, what }) => terminal.err(`${file} ${number}/${of} ${step}: ${what}\n`),
  })
  say(terminal, applied.files.length === 0 ? 'Nothing was pending.' : `Applied: ${applied.files.join(', ')}`)
  if (applied.waiting === undefined) return exitCodes.ok
  const { file, processes } = applied.waiting
  say(terminal, `${file} waits: older processes still run (${processes.map(({ version }) => version).join(', ')})`)
  return exitCodes.no
}

async function status(engine: Engine, { words, directory, terminal }: Asked): Promise<number> {
  const states = await migrationStatus(engine, directory)
  if (words.values['json'] === true) say(terminal, JSON.stringify(states))
  else
    for (const { number, name, state, stepsDone, steps } of states)
      say(terminal, `${String(number).padStart(4, '0')} ${name}: ${state} ${stepsDone}/${steps}`)
  return states.some(({ state }) => state !== 'done') ? exitCodes.no : exitCodes.ok
}
