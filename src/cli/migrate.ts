// `plinth migrate`: what the database needs to become what the model is; as a plan, as files, and applied.
import { createLog } from '../base/log.ts'
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
import { type Command, readWords, textOf, type Words } from './command.ts'
import { UsageError } from './complain.ts'
import { findApp } from './find_app.ts'

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
  async run(words) {
    const text = { type: 'string' } as const
    const read = readWords(migrate, words, { app: text, dir: text, write: text, json: { type: 'boolean' } })
    if (read === undefined) return
    const [verb, file] = read.positionals
    const directory = textOf(read, 'dir') ?? 'migrations'
    if (verb === 'plan') await withEngine((engine) => plan(engine, read, directory))
    else if (verb === 'apply') await withEngine((engine) => apply(engine, directory))
    else if (verb === 'status') await withEngine((engine) => status(engine, read, directory))
    else if (verb === 'seal' && file !== undefined) await sealMigration(directory, file)
    else throw new UsageError('migrate: say plan, apply, status or seal <file>')
  },
}

async function withEngine(work: (engine: Engine) => Promise<void>): Promise<void> {
  const config = readConfig()
  const engine = await openEngine({ ...config, log: createLog({ level: 'error' }) })
  try {
    await work(engine)
  } finally {
    await engine.close()
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function plan(engine: Engine, words: Words, directory: string): Promise<void> {
  const want = wantedTables(modelOf(await findApp(textOf(words, 'app'))), engine.dialect, readConfig())
  const made = await planMigration(engine, want)
  const name = textOf(words, 'write')
  if (name !== undefined && made.refused.length === 0 && made.steps.length > 0) {
    for (const file of await writeMigration(directory, made, name)) say(file)
  } else if (words.values['json'] === true) say(JSON.stringify(made))
  else showPlan(made)
  if (made.refused.length > 0) process.exitCode = exitCodes.no
}

function showPlan({ steps, refused }: Plan): void {
  for (const step of steps) {
    say(`-- ${step.phase}: ${step.name} (${step.rule})`)
    for (const sql of step.sql) say(`${sql};`)
  }
  for (const { subject, rule, reason, instead } of refused) say(`refused: ${subject} (${rule}): ${reason} ${instead}`)
  if (steps.length === 0 && refused.length === 0) say('The database is what the model is.')
}

async function apply(engine: Engine, directory: string): Promise<void> {
  const applied = await applyMigrations(engine, directory, {
    report: ({ file, step, number, of, what }) => process.stderr.write(`${file} ${number}/${of} ${step}: ${what}\n`),
  })
  say(applied.files.length === 0 ? 'Nothing was pending.' : `Applied: ${applied.files.join(', ')}`)
  if (applied.waiting === undefined) return
  const { file, processes } = applied.waiting
  say(`${file} waits: older processes still run (${processes.map(({ version }) => version).join(', ')})`)
  process.exitCode = exitCodes.no
}

async function status(engine: Engine, words: Words, directory: string): Promise<void> {
  const states = await migrationStatus(engine, directory)
  if (words.values['json'] === true) say(JSON.stringify(states))
  else
    for (const { number, name, state, stepsDone, steps } of states)
      say(`${String(number).padStart(4, '0')} ${name}: ${state} ${stepsDone}/${steps}`)
  if (states.some(({ state }) => state !== 'done')) process.exitCode = exitCodes.no
}
