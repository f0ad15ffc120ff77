// The folder of migrations: checked in, numbered, read whole before anything runs.
import { mkdir, readdir, readFile as readText, writeFile as writeText } from 'node:fs/promises'
import { join } from 'node:path'
import { MigrationRefused } from './direct.ts'
import { type MigrationFile, MigrationUnreadable, readFile, readFileName, writeFile } from './file_format.ts'
import type { Plan, Step } from './step.ts'

/** The migrations of one engine in the order of their numbers. An absent folder holds none. */
export async function readMigrations(directory: string, engine: string): Promise<MigrationFile[]> {
  const names = (await filesIn(directory)).filter((file) => readFileName(file)?.engine === engine)
  const read = names.map(async (file) => readFile(file, await readText(join(directory, file), 'utf8')))
  const files = (await Promise.all(read)).toSorted((one, other) => one.number - other.number)
  refuseSameNumber(files)
  return files
}

/**
 * Writes a plan: what can run beside the version before into one file, what has to wait for its end into a second.
 * Answers the names of the files, none for an empty plan. Fails with MigrationRefused for a plan that was refused.
 */
export async function writeMigration(directory: string, plan: Plan, name: string): Promise<string[]> {
  if (plan.refused.length > 0) throw new MigrationRefused(plan.refused)
  if (!/^[a-z0-9_]+$/.test(name))
    throw new TypeError(`"${name}": a migration's name is lower case letters, digits and _`)
  const first = plan.steps.filter((step) => step.phase !== 'contract')
  const last = plan.steps.filter((step) => step.phase === 'contract')
  const parts: [string, readonly Step[]][] = [
    [name, first],
    [first.length === 0 ? name : `${name}_contract`, last],
  ]
  const filled = parts.filter(([, steps]) => steps.length > 0)
  const start = await nextNumber(directory, plan.engine)
  await mkdir(directory, { recursive: true })
  const files = filled.map(([part], at) => `${String(start + at).padStart(4, '0')}_${part}.${plan.engine}.sql`)
  for (const [at, [, steps]] of filled.entries()) {
    // `wx`: two plans made at once must not overwrite each other.
    await writeText(join(directory, files[at] ?? ''), writeFile(plan.engine, steps), { flag: 'wx' })
  }
  return files
}

/** Writes the checksum of a file that was changed by hand before it was applied anywhere. */
export async function sealMigration(directory: string, file: string): Promise<void> {
  const path = join(directory, file)
  const text = await readText(path, 'utf8')
  const { checksum } = readFile(file, text)
  await writeText(path, text.replace(/^-- checksum: .*$/m, `-- checksum: ${checksum}`))
}

async function nextNumber(directory: string, engine: string): Promise<number> {
  const numbers = (await filesIn(directory)).map(readFileName).filter((named) => named?.engine === engine)
  return Math.max(0, ...numbers.map((named) => named?.number ?? 0)) + 1
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

// Two branches made the same number: their order would be an accident.
function refuseSameNumber(files: readonly MigrationFile[]): void {
  const twin = files.find((file, at) => files[at + 1]?.number === file.number)
  if (twin === undefined) return
  throw new MigrationUnreadable(
    `two migrations have the number ${twin.number}: give the later one the next free number`,
  )
}
