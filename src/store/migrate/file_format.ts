// A migration as a text file: a header with its checksum, then steps, each with what is said of it and its statements.
import { createHash } from 'node:crypto'
import { statementsOf } from './statements.ts'
import type { Phase, Step } from './step.ts'

/** A migration file, read. `checksum` is of the text below the header; `stated` is what the header says it is. */
export interface MigrationFile {
  readonly number: number
  readonly name: string
  readonly engine: string
  readonly phase: Phase
  readonly oldest: string
  readonly checksum: string
  readonly stated: string
  readonly steps: readonly Step[]
}

/** A file that cannot be read as a migration; the message names file and line. */
export class MigrationUnreadable extends Error {
  override readonly name = 'MigrationUnreadable'
}

const title = '-- plinth migration'
const fileName = /^(\d{4,})_([a-z0-9_]+)\.([a-z]+)\.sql$/

/** `0007_add_note.sqlite.sql` in its parts; undefined for other files. */
export function readFileName(file: string): { number: number; name: string; engine: string } | undefined {
  const [, number, name, engine] = fileName.exec(file) ?? []
  return number === undefined || name === undefined || engine === undefined
    ? undefined
    : { number: Number(number), name, engine }
}

/** The text of a file with these steps. */
export function writeFile(engine: string, steps: readonly Step[]): string {
  const body = steps.map(writeStep).join('\n')
  const phase = steps.some((step) => step.phase === 'contract') ? 'contract' : 'expand'
  const oldest = steps.find((step) => step.oldest !== '*')?.oldest ?? '*'
  const header = [
    title,
    `-- engine: ${engine}`,
    `-- phase: ${phase}`,
    `-- oldest: ${oldest}`,
    `-- checksum: ${checksumOf(body)}`,
  ]
  return `${header.join('\n')}\n\n${body}`
}

function writeStep(step: Step): string {
  const { batch, safe } = step
  const said = {
    rule: step.rule,
    phase: step.phase === 'backfill' ? 'backfill' : undefined,
    transaction: step.transaction ? 'yes' : 'no',
    batch: batch && `${batch.table} (${batch.key.join(', ')})`,
    rebuild: step.rebuild === true ? 'yes' : undefined,
    loses: safe === true ? undefined : safe.unsafe,
    assured: step.assured,
  }
  const lines = Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [`-- ${name}: ${value}`]))
  return [`-- step: ${step.name}`, ...lines, ...step.sql.map((sql) => `${sql};`), ''].join('\n')
}

/** Reads a file. Fails with MigrationUnreadable. */
export function readFile(file: string, text: string): MigrationFile {
  const named = readFileName(file)
  if (named === undefined) throw new MigrationUnreadable(`${file}: a migration is called 0001_<name>.<engine>.sql`)
  const [header, body] = splitHeader(file, text)
  const engine = header.get('engine') ?? named.engine
  if (engine !== named.engine) throw new MigrationUnreadable(`${file}: the header says it is for ${engine}`)
  const phase = header.get('phase') === 'contract' ? 'contract' : 'expand'
  const oldest = header.get('oldest') ?? '*'
  const steps = body.split(/^(?=-- step:)/m).filter((part) => part.trim() !== '')
  return {
    ...named,
    phase,
    oldest,
    checksum: checksumOf(body),
    stated: header.get('checksum') ?? '',
    steps: steps.map((part) => readStep(file, part, phase, oldest)),
  }
}

function splitHeader(file: string, text: string): [ReadonlyMap<string, string>, string] {
  const end = text.indexOf('\n\n')
  const lines = text.slice(0, end).split('\n')
  if (end < 0 || lines[0] !== title) throw new MigrationUnreadable(`${file}: the first line is not "${title}"`)
  return [new Map(lines.slice(1).map(attribute)), text.slice(end + 2)]
}

function attribute(line: string): [string, string] {
  const [, name = '', value = ''] = /^-- ([a-z]+): (.*)$/.exec(line) ?? []
  return [name, value]
}

function readStep(file: string, part: string, phase: Phase, oldest: string): Step {
  const lines = part.split('\n')
  const comments = lines.findIndex((line) => !/^-- [a-z]+: /.test(line))
  const said = new Map(lines.slice(0, comments).map(attribute))
  const name = said.get('step')
  if (name === undefined) throw new MigrationUnreadable(`${file}: statements before the first "-- step:"`)
  const statements = statementsOf(lines.slice(comments).join('\n'))
  const loses = said.get('loses')
  const assured = said.get('assured')
  const batch = readBatch(file, said.get('batch'))
  return {
    name,
    phase: said.get('phase') === 'backfill' ? 'backfill' : phase,
    rule: said.get('rule') ?? 'by-hand',
    sql: statements.map((one) => one.sql),
    transaction: said.get('transaction') !== 'no',
    safe: loses === undefined ? true : { unsafe: loses },
    oldest,
    ...(said.get('rebuild') === 'yes' ? { rebuild: true } : {}),
    ...(batch === undefined ? {} : { batch }),
    ...(assured === undefined ? {} : { assured }),
  }
}

function readBatch(file: string, text: string | undefined): { table: string; key: string[] } | undefined {
  if (text === undefined) return undefined
  const [, table, key] = /^(\S+) \((.+)\)$/.exec(text) ?? []
  if (table === undefined || key === undefined)
    throw new MigrationUnreadable(`${file}: a batch is "<table> (<key columns>)"`)
  return { table, key: key.split(', ') }
}

const checksumOf = (body: string): string => `sha256:${createHash('sha256').update(body).digest('hex')}`
