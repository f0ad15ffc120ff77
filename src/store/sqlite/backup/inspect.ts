// Asks SQLite whether a database file is whole: its pages, its indexes, its references.
import { DatabaseSync } from 'node:sqlite'

/** Problems told at most of each kind: one broken page can make thousands. */
const told = 20

/** Looks through the whole file. Answers what is wrong with it; nothing for a database that is whole. */
export function inspectDatabase(file: string): string[] {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: 0 })
    const pages = database.prepare(`pragma integrity_check(${told})`).all().map(textOf)
    const references = database.prepare('pragma foreign_key_check').all().slice(0, told)
    return [
      ...pages.filter((text) => text !== 'ok'),
      ...references.map(
        (row) => `${String(row['table'])} row ${String(row['rowid'])}: no such ${String(row['parent'])}`,
      ),
    ]
  } catch (error) {
    // Of a file that is no database even the pragma fails; that is an answer too.
    return [error instanceof Error ? error.message : String(error)]
  } finally {
    database?.close()
  }
}

const textOf = (row: Record<string, unknown>): string => String(Object.values(row)[0])
