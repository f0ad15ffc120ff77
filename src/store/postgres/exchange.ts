// One statement on the wire: Parse where it is new, Bind, Execute, Sync; what it answers is taken as text, undescribed.
import type { FieldDef, Query, Submittable } from 'pg'
import type { Stored } from '../../define/field.ts'
import type { RawRow } from './values.ts'

/**
 * What is asked. Without `values` a text with a name is prepared and not run; one without a name is sent as it is,
 * once, by the simple protocol.
 */
export interface Ask {
  readonly text: string
  readonly values?: readonly Stored[]
  /** Under which the server keeps the plan; '' for a statement that will not come again. */
  readonly name?: string
  /** Asks for the names and types of the columns too. */
  readonly described?: boolean
  /** What goes before it, in this order. When one fails, the server passes over the rest and over what is asked. */
  readonly before?: readonly Before[]
}

/** A statement that the connection keeps already; its answer is nobody's. */
export interface Before {
  readonly name: string
  readonly values: readonly Stored[]
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
  /** How many of those before it have not been answered yet. */
  #toCome: number

  /** `answered` is called once, with the error or without. */
  constructor(ask: Ask, answered: (error: unknown, answer: Answer) => void) {
    this.name = ask.name
    this.text = ask.text
    this.#ask = ask
    this.#answered = answered
    this.#toCome = ask.before?.length ?? 0
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
    if (this.#toCome === 0) return
    this.#toCome--
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
function send(wire: Wire, { text, values, name = '', described, before }: Ask): void {
  if (values === undefined && name === '') return wire.query(text)
  for (const { name: statement, values: bound } of before ?? []) {
    wire.bind({ statement, values: bound, valueMapper: textOf })
    wire.execute(WHOLE)
  }
  if (name === '' || !isKept(wire, name)) {
    wire.parse({ name, text })
    if (name !== '') wire.submittedNamedStatements[name] = text
  }
  if (values !== undefined) {
    wire.bind({ statement: name, values, valueMapper: textOf })
    if (described === true) wire.describe({ type: 'P' })
    wire.execute(WHOLE)
  }
  wire.sync()
}

/** True for a statement that the server has, or is about to have: its Parse was sent. */
export const isKept = (wire: Wire, name: string): boolean =>
  wire.parsedStatements[name] !== undefined || wire.submittedNamedStatements[name] !== undefined

const WHOLE = {}

const textOf = (value: Stored): string | null => (value === null || typeof value === 'string' ? value : String(value))
