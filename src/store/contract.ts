// What an engine answers: about a dozen members, none optional. SQLite and PostgreSQL give the same bytes for each.
import type { Storage, Stored } from '../define/field.ts'
import type { Woken } from './channels.ts'
import type { Catalog, Policy, Privilege, RuleFunction } from './catalog.ts'
import type { Voice } from './expr_sql.ts'
import type { CallerFacts } from './where.ts'

/** A statement, made once and prepared once per connection. Text uses the dialect's own placeholders. */
export interface Statement {
  readonly text: string
  /** Storage class of each column it answers, in order; [] for none. */
  readonly reads: readonly Storage[]
}

/** Rows as arrays of stored values, in the order of the statement's columns. */
export type Rows = readonly (readonly Stored[])[]

/** A value of a column whose class is not known: whole numbers beyond 2^53 are bigint. */
export type RawValue = Stored | bigint

/** The answer to a statement of unknown result types. */
export interface RawRows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly RawValue[])[]
  /** Rows that the statement wrote; those answered where it answers rows. */
  readonly changed: number
}

/** What a caller is about to do to rows. `load` reads, and locks, the row that something will be done to. */
export type RowVerb = 'read' | 'load' | 'create' | 'update' | 'delete'

/** In whose name a statement runs, and what for: what row security asks, where the engine keeps it. */
export interface Actor extends CallerFacts {
  readonly roles: readonly string[]
  readonly verb: RowVerb
}

/** Something that runs statements: SQLite answers at once, PostgreSQL with a promise. */
export interface Session {
  /** Without `as` it runs in the name of the house, which every row is open to. */
  all(statement: Statement, values: readonly Stored[], as?: Actor): Rows | Promise<Rows>
}

/** An open write transaction. After a failed statement every later one and the commit refuse, on both engines. */
export interface Transaction extends Session {
  /** Runs a statement whose result types nobody declares: what `tx.sql` is made of. It spoils as the others do. */
  raw(text: string, values: readonly Stored[]): RawRows | Promise<RawRows>
  /**
   * Runs a statement that answers nothing together with the commit, so that it costs no way to the database of its own.
   * The commit fails as the statement does, and then nothing is kept.
   */
  atCommit(statement: Statement, values: readonly Stored[]): void
  /** Runs work under a savepoint; when it throws, its effects and the spoiling are undone and the error thrown on. */
  savepoint<T>(work: () => Promise<T>): Promise<T>
  /**
   * Takes a lock by name until the transaction ends, or answers false at once when another transaction, of any process,
   * has it. Always true where there is one writer.
   */
  tryLock(name: string): boolean | Promise<boolean>
}

export interface WriteOptions {
  /** Names the operation in errors and logs. */
  readonly name: string
  /**
   * `locked`: READ COMMITTED, rows are locked first. `serializable` on PostgreSQL is SERIALIZABLE with retries. SQLite
   * has one writer.
   */
  readonly isolation: 'serializable' | 'locked'
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
  /** Roll back instead of committing, and answer all the same (`Prefer: dry-run`). */
  readonly rollback?: boolean
}

/** Facts of an engine as data: code elsewhere asks these, never the engine's name or version. */
export interface Facts {
  readonly name: string
  readonly transactionalDdl: boolean
  readonly concurrentIndexes: boolean
  readonly manyProcesses: boolean
  readonly maxParameters: number
}

/** How the engine writes what the standard leaves open. */
export interface Dialect {
  placeholder(index: number): string
  /** The placeholder of a value of that class, with the cast the engine needs to type it. */
  typed(index: number, storage: Storage): string
  columnType(storage: Storage): string
  /** A column as it must be selected so that `reads` can decode it (a wide integer as text, an instant as it is). */
  read(column: string, storage: Storage): string
  /** `subject like pattern`, case-sensitive, with `%`, `_` and `\` as in SQL; `pattern` is a placeholder's text. */
  like(subject: string, pattern: string): string
  /** Turns a SQL pattern into the value that `like` binds. */
  likePattern(pattern: string): string
  /** Characters (code points) in a text column. */
  length(column: string): string
  isJson(column: string): string
  isDate(column: string): string
  /** Clause that locks the rows of a select until the end of the transaction; '' where one writer makes it needless. */
  readonly forUpdate: string
  /** The same, passing over the rows that another transaction has locked. */
  readonly skipLocked: string
  /** Clause that keeps the rows of a select from being deleted until the end of the transaction; they may change. */
  readonly forKeyShare: string
  /** The time by the database's own clock, in milliseconds since 1970: one clock for all processes. */
  readonly now: string
  readonly nullsFirst: string
  readonly nullsLast: string
  /**
   * A whole number for a row that is being inserted: larger than that of every row of the table without a `position`
   * whose commit could be seen by then. Rows that are ordered by it, then by id, follow cause and effect.
   */
  arrival(table: string): string
  /**
   * A whole number for a row that is being inserted: how far the database's log is written; 0 where one writer makes
   * ids in the order of the commits. Rows that can be seen together follow cause and effect by it, then by id.
   */
  readonly logged: string
  /** Undefined for an engine without row security. */
  readonly security?: SecurityDialect
  /** True while row security is on: an `exists` of a rule is asked of its function then. */
  readonly callsRules?: boolean
}

/** How rules are written where the database keeps them itself: as policies, and as functions that policies call. */
export interface SecurityDialect extends Voice {
  /** What the name of a role is written as until it is known whose database it is. */
  readonly roles: { readonly caller: string; readonly system: string }
  /** A parameter of a function, from 0. */
  parameter(index: number): string
  /** Is there a row, looked up for each row that asks: never by reading the whole table first. */
  existsOne(from: string, where: string): string
  readonly isSignedIn: string
  hasRole(name: string): string
  isVerb(verb: RowVerb): string
  /** Turns row security on for a table, for its owner too, and says what the caller may try. */
  enable(table: string, privileges: readonly Privilege[]): string[]
  createPolicy(table: string, policy: Policy): string
  dropPolicy(table: string, name: string): string
  createFunction(made: RuleFunction): string[]
  dropFunction(made: RuleFunction): string
}

/** Row security of one database: two roles that own nothing and that no session can get around. */
export interface RowSecurity {
  /** Makes the roles where they are missing. Fails with RowSecurityMissing, which says what somebody must grant. */
  prepare(): Promise<void>
  /** A statement of a migration with the names of the roles. */
  spell(statement: string): string
  /**
   * From now on every statement runs as the caller it is run for, or else as the system. Fails with RowSecurityMissing
   * where a role could get around the policies.
   */
  enter(): Promise<void>
}

export interface Engine {
  readonly facts: Facts
  readonly dialect: Dialect
  /** One statement outside a transaction. The answer may leave the process only once what it saw is durable. */
  query(statement: Statement, values: readonly Stored[], as?: Actor): Rows | Promise<Rows>
  /** Several statements over one snapshot. */
  snapshot<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** One write transaction; retried on serialization failures: `work` may run again. Resolves when it is durable. */
  write<T>(options: WriteOptions, work: (tx: Transaction) => Promise<T>): Promise<T>
  /** Runs a script of statements outside the request path: migrations, set-up. Each statement commits by itself. */
  script(statements: readonly string[]): Promise<void>
  /**
   * The tables, columns, indexes and constraints that are there. Policies and functions that are wanted are compared
   * with what is there, because their text does not tell: the database writes it down in its own words.
   */
  introspect(want?: Catalog): Promise<Catalog>
  /** Undefined for an engine without row security. */
  readonly security: RowSecurity | undefined
  /** Held while migrating, so that two processes never do; fails with StoreError 'busy' when another holds it. */
  migrationLock<T>(work: () => Promise<T>): Promise<T>
  /**
   * Tells whoever listens to the channel, in every process, that there may be something to do. A hint: it is sent after
   * a commit, never with it, so listeners look by themselves now and then too. `about` says of what: an id, without
   * spaces; without it, it may be anything.
   */
  wake(channel: string, about?: string): void
  /** Calls back after a `wake` of the channel, with what it is about; answers how to stop. */
  listen(channel: string, woken: Woken): () => void
  /** Resolves when the database answers; rejects when it does not. */
  ping(): Promise<void>
  close(): Promise<void>
}

export type StoreFailure =
  | 'unique'
  | 'foreign_key'
  | 'check'
  | 'not_null'
  | 'denied'
  | 'serialization'
  | 'full'
  | 'busy'
  | 'deadline'
  | 'unavailable'
  /** The connection was lost in the commit: it was done, or it was not. */
  | 'unknown'
  | 'spoiled'
  | 'broken'

/** A failure of the database, in the words of both engines. */
export class StoreError extends Error {
  readonly failure: StoreFailure
  /** Name of the violated constraint or index, where the engine tells it. */
  readonly constraint: string | undefined
  /** Table and columns concerned, where the engine tells them. */
  readonly table: string | undefined
  readonly columns: readonly string[]

  constructor(
    failure: StoreFailure,
    message: string,
    more: { constraint?: string; table?: string; columns?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'StoreError'
    this.failure = failure
    this.constraint = more.constraint
    this.table = more.table
    this.columns = more.columns ?? []
  }
}

/** The database cannot keep the rules of the app; the message is one line that says what to grant. */
export class RowSecurityMissing extends Error {
  override readonly name = 'RowSecurityMissing'
}
