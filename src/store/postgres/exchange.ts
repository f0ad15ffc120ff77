// One statement on the wire: Parse where it is new, Bind, Execute, Sync; what it answers is taken as text, undescribed.
import type { FieldDef, Query, Submittable } from 'pg'
import type { Stored } from '../../define/field.ts'
import type { RawRow } from './values.ts'

/** What is asked. Without `values` the text is sent as it is, once, by the simple protocol. */
export interface Ask {
  readonly text: string
  readonly values?: readonly Stored[]
  /** Under which the server keeps the plan; '' for a statement that will not come again. */
  readonly name?: string
  /** Asks for the names and types of the columns too. */
  readonly described?: boolean
  /**
   * A statement that is kept already and runs first, in the same transaction; its answer is nobody's. When it fails,
   * the server passes over what is asked.
   */
  readonly first?: { readonly name: string; readonly values: readonly Stored[] } | undefined
}

/** What came back: rows as text, and the command's tag (`INSERT 0 1`, `COMMIT`). */
export interface Answer {
  readonly found: RawRow[]
  readonly tag: string
  readonly fields: readonly FieldDef[]
}

/** The part of pg's connection that is used; its types leave out the names of the statements. */
export interface Wire {
  readonly parsedStatements: { [name: string]: string | undefined }
  readonly submittedNamedStatements: { [name: string]: string | undefined }
  parse(message: { readonly name: string; readonly text: string }): void
  bind(message: {
    readonly statement: string
    readonly values: readonly Stored[]
    readonly valueMapper: typeof textOf
  }): void
  describe(message: { readonly type: 'P' }): void
  execute(message: object): void
  sync(): void
  query(text: string): void
  close(message: { readonly type: 'S'; readonly name: string }): void
}

/**
 * Takes the place of pg's own Query, which asks for a description of the columns with every execution, clones its
 * configuration and makes a result object: half of what a small read costs. Our statements know their columns.
 * The handlers are those pg calls on what it was given to submit.
 */
export class Exchange implements Submittable, Answer {
  /** pg keeps its list of prepared statements by these two. */
  readonly name: string | undefined
  readonly text: string
  readonly found: RawRow[] = []
  tag = ''
  fields: readonly FieldDef[] = []
  readonly #ask: Ask
  readonly #answered: (error: unknown, answer: Answer) => void
  #isFirstToCome: boolean

  /** `answered` is called once, with the error or without. */
  constructor(ask: Ask, answered: (error: unknown, answer: Answer) => void) {
    this.name = ask.name
    this.text = ask.text
    this.#ask = ask
    this.#answered = answered
    this.#isFirstToCome = ask.first !== undefined
  }

  submit(connection: object): null {
    send(connection as Wire, this.#ask) // pg submits to its own connection, always
    return null
  }

  handleRowDescription(message: { readonly fields: readonly FieldDef[] }): void {
    this.fields = message.fields
  }

  handleDataRow(message: { readonly fields: RawRow }): void {
    this.found.push(message.fields)
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.tag = message.text
    if (!this.#isFirstToCome) return
    this.#isFirstToCome = false
    this.found.length = 0
  }

  handleReadyForQuery(): void {
    this.#answered(undefined, this)
  }

  handleError(error: unknown): void {
    this.#answered(error, this)
  }
}

/** Makes pg accept exchanges on pipelined connections: it takes only heirs of its Query. */
export function adoptExchanges(query: typeof Query): void {
  Object.setPrototypeOf(Exchange.prototype, query.prototype)
}

// pg moves a name from submitted to parsed when the server confirmed it, and forgets it when the server refused it.
function send(wire: Wire, { text, values, name = '', described, first }: Ask): void {
  if (values === undefined) return wire.query(text)
  if (first !== undefined) {
    wire.bind({ statement: first.name, values: first.values, valueMapper: textOf })
    wire.execute(WHOLE)
  }
  if (wire.parsedStatements[name] === undefined && wire.submittedNamedStatements[name] === undefined) {
    wire.parse({ name, text })
    if (name !== '') wire.submittedNamedStatements[name] = text
  }
  wire.bind({ statement: name, values, valueMapper: textOf })
  if (described === true) wire.describe({ type: 'P' })
  wire.execute(WHOLE)
  wire.sync()
}

const WHOLE = {}

const textOf = (value: Stored): string | null => (value === null || typeof value === 'string' ? value : String(value))
