// One connection to the database file: how it is opened, and statements prepared once and decoded into stored values.
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { assert } from '../../base/assert.ts'
import type { Storage, Stored } from '../../define/field.ts'
import { StoreError, type Rows, type Statement } from '../contract.ts'
import { isStorageFailure, storeError } from './errors.ts'
import { uniqueName } from './introspect.ts'

/** Statement texts kept prepared on one connection; preparing costs five times a point read. */
const PREPARED_TEXTS = 500

/** Before 3.51.3 a reset of the log could race with a checkpoint and lose pages. */
const OLDEST = [3, 51, 3] as const

interface Prepared {
  readonly handle: StatementSync
  /** Positions that do not come out of SQLite as stored values: truth as 0 and 1, wide integers that must be text. */
  readonly decoded: readonly { readonly at: number; readonly storage: Storage }[]
  readonly answers: boolean
}

/** An open connection. Its errors are StoreErrors where both engines know them; `onBroken` hears of a failing disk. */
export class Connection {
  readonly database: DatabaseSync
  readonly #onBroken: (error: StoreError) => void
  readonly #byStatement = new WeakMap<Statement, Prepared>()
  readonly #byText = new Map<string, StatementSync>()

  constructor(file: string, role: Role, onBroken: (error: StoreError) => void) {
    this.#onBroken = onBroken
    this.database = this.guarded(() => new DatabaseSync(file, { readOnly: role.readOnly, timeout: 0, defensive: true }))
    this.guarded(() => this.database.exec(pragmas(role)))
    verifyPragmas(this.database, role.settings)
  }

  /** Runs one statement. Fails with a StoreError, or with SQLite's own error where the statement itself is wrong. */
  all(statement: Statement, values: readonly Stored[]): Rows {
    const prepared = this.#byStatement.get(statement) ?? this.#prepare(statement)
    checkValues(values)
    // node:sqlite binds true as 1 and false as 0, which its types do not say (the engine suite holds it to that).
    const bound = values as readonly SQLInputValue[]
    try {
      if (!prepared.answers) {
        prepared.handle.run(...bound)
        return NO_ROWS
      }
      // setReturnArrays(true) makes rows arrays of SQLite values; no column is a blob, so each is a Stored.
      const rows = prepared.handle.all(...bound) as unknown as Stored[][]
      return prepared.decoded.length === 0 ? rows : decode(rows, prepared)
    } catch (error) {
      throw this.translated(error)
    }
  }

  /** Runs one statement that takes and answers nothing (`begin`, `commit`), kept prepared as the others are. */
  run(text: string): void {
    const handle = this.#byText.get(text) ?? this.#keep(text)
    this.guarded(() => handle.run())
  }

  /** Runs SQL that answers nothing, several statements if need be. */
  exec(sql: string): void {
    this.guarded(() => this.database.exec(sql))
  }

  /** Runs something of node:sqlite and throws its errors in our words. */
  guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw this.translated(error)
    }
  }

  /** The error in our words; a broken disk is reported before anything else can happen. */
  translated(error: unknown): unknown {
    const known = storeError(error)
    if (!(known instanceof StoreError)) return known
    if (isStorageFailure(error)) this.#onBroken(known)
    const { failure, constraint, table, columns } = known
    if (failure !== 'unique' || constraint !== undefined || table === undefined) return known
    const name = uniqueName(this.database, table, columns)
    return name === undefined
      ? known
      : new StoreError(failure, known.message, { constraint: name, table, columns, cause: error })
  }

  close(): void {
    this.database.close()
  }

  #prepare(statement: Statement): Prepared {
    const handle = this.#keep(statement.text)
    const decoded = statement.reads.map((storage, at) => ({ at, storage })).filter(({ storage }) => isDecoded(storage))
    const prepared = { handle, decoded, answers: statement.reads.length > 0 }
    this.#byStatement.set(statement, prepared)
    return prepared
  }

  // The one used last is the last of the map.
  #keep(text: string): StatementSync {
    const handle = this.#byText.get(text) ?? this.guarded(() => prepareOne(this.database, text))
    this.#byText.delete(text)
    this.#byText.set(text, handle)
    if (this.#byText.size > PREPARED_TEXTS) this.#forgetOldest()
    return handle
  }

  #forgetOldest(): void {
    for (const text of this.#byText.keys()) {
      this.#byText.delete(text)
      return
    }
  }
}

const NO_ROWS: Rows = Object.freeze([])

// SQLite prepares the first statement of a text and silently drops the rest.
function prepareOne(database: DatabaseSync, written: string): StatementSync {
  const text = withoutNumbers(written)
  const handle = database.prepare(text)
  assert(text.slice(handle.sourceSQL.length).trim() === '', `there must be one statement in: ${text}`)
  handle.setReturnArrays(true)
  return handle
}

const PARAMETER = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\?(\d+)/g

/**
 * The same text with `?` for `?1`, `?2` … where they stand in that order. To SQLite a number is a name, and node:sqlite
 * looks every name up in a list: a hundred rows of twenty columns took eight times as long to bind as to insert.
 */
export function withoutNumbers(text: string): string {
  let count = 0
  let isInOrder = true
  const made = text.replace(PARAMETER, (found: string, number?: string) => {
    if (number === undefined) return found
    if (Number(number) !== ++count) isInOrder = false
    return '?'
  })
  return isInOrder ? made : text
}

// node:sqlite binds undefined as null and takes an object for a bag of named parameters: both would write wrong rows.
function checkValues(values: readonly Stored[]): void {
  for (const value of values) {
    if (typeof value === 'string' || value === null || typeof value === 'boolean') continue
    assert(typeof value === 'number' && Number.isSafeInteger(value), 'a stored number must be a safe integer')
  }
}

const isDecoded = (storage: Storage): boolean => storage === 'bool' || storage === 'wide'

function decode(rows: Stored[][], prepared: Prepared): Rows {
  for (const row of rows) {
    for (const { at, storage } of prepared.decoded) {
      const value = row[at]
      if (value === null || value === undefined) continue
      row[at] = storage === 'bool' ? value !== 0 : String(value)
    }
  }
  return rows
}

/** What a connection is for: whether it writes, and the settings it must have. */
export interface Role {
  readonly readOnly: boolean
  readonly settings: Settings
}

export type Settings = Readonly<Record<string, string | number>>

const EVERYWHERE: Settings = {
  foreign_keys: 1,
  trusted_schema: 0,
  cell_size_check: 1,
  busy_timeout: 0, // waiting for a lock would put the event loop to sleep
  temp_store: 2, // in memory: nothing personal in temporary files, no disk error from them
  mmap_size: 0, // an error of the disk must be an error code, not SIGBUS
}

/** The writer: commits do not wait for the disk (the barrier does), and checkpoints are made elsewhere. */
export const writerRole: Role = {
  readOnly: false,
  settings: {
    ...EVERYWHERE,
    journal_mode: 'wal',
    synchronous: 1,
    wal_autocheckpoint: 0,
    secure_delete: 1,
    cache_size: -16_000,
  },
}

/** The writer of a database that is thrown away with the process: nothing is ever synced. */
export const volatileRole: Role = {
  readOnly: false,
  settings: { ...writerRole.settings, synchronous: 0, wal_autocheckpoint: 1_000 },
}

/** A connection that only reads; there are a few. */
export const readerRole: Role = { readOnly: true, settings: { ...EVERYWHERE, query_only: 1, cache_size: -8_000 } }

/** The one that nearly all reads go by. */
export const mainReaderRole: Role = { readOnly: true, settings: { ...readerRole.settings, cache_size: -32_000 } }

const pragmas = (role: Role): string =>
  Object.entries(role.settings)
    .map(([name, value]) => `pragma ${name} = ${value};`)
    .join('\n')

/** Reads each setting back: SQLite ignores one it cannot honour (WAL on some network file systems) without an error. */
export function verifyPragmas(database: DatabaseSync, settings: Settings): void {
  for (const [name, wanted] of Object.entries(settings)) {
    const row = database.prepare(`pragma ${name}`).get()
    const value = row === undefined ? 'nothing' : Object.values(row)[0]
    if (name === 'mmap_size' && row === undefined) continue // built without memory mapping
    if (value !== wanted) throw new StoreError('unavailable', `SQLite has ${name}=${String(value)}, not ${wanted}`)
  }
}

/** Refuses a SQLite older than 3.51.3. */
export function refuseOldSqlite(version: string): void {
  const parts = version.split('.').map(Number)
  for (const [at, least] of OLDEST.entries()) {
    const part = parts[at] ?? 0
    if (part > least) return
    if (part < least) throw new StoreError('unavailable', `SQLite ${version} is older than ${OLDEST.join('.')}`)
  }
}
