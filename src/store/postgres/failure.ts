// Turns what PostgreSQL and the socket report into StoreError, without any value of a row.
import { StoreError, type StoreFailure } from '../contract.ts'

/** A failure, and whether the connection it came over can still be used. */
export interface Failure {
  readonly error: StoreError
  readonly lost: boolean
}

const BY_STATE: { readonly [state: string]: StoreFailure } = {
  '23505': 'unique',
  '23P01': 'unique',
  '23503': 'foreign_key',
  '23001': 'foreign_key',
  '23514': 'check',
  '23502': 'not_null',
  '42501': 'denied',
  '40001': 'serialization',
  '40P01': 'serialization',
  '55P03': 'busy',
  '57014': 'deadline',
  '25P02': 'spoiled',
  '25P03': 'deadline',
  '25P04': 'deadline',
  '53100': 'full',
  '53200': 'full',
  '53400': 'full',
  '53300': 'unavailable',
}

const SENTENCES: { readonly [failure in StoreFailure]?: string } = {
  serialization: 'The transaction met another one that changed the same rows.',
  busy: 'A lock was held by another transaction for too long.',
  deadline: 'The statement took longer than its deadline.',
  spoiled: 'A statement failed before; the transaction can only be undone.',
  denied: 'The rules of the app do not allow it, or a role lacks a privilege.',
  full: 'The database has no room left.',
}

// What the server says of a value (class 22) or raises itself (P0) may quote the value; these classes name only things.
const QUOTES_NO_VALUE = /^(08|0A|25|26|28|3D|40|42|53|54|55|57|58|XX)/
const ENDS_CONNECTION = /^(08|57P|25P03|25P04)/
// A plan made before the table changed, or a name whose first parse failed: a new connection knows neither.
const STALE_PLAN = /^(26000)$/

/** Reads an error of `pg`. One with a SQLSTATE came from the server; any other means that the connection is gone. */
export function failureOf(error: unknown): Failure {
  const report = reportOf(error)
  if (report === undefined) {
    return { error: unavailable(`The connection to PostgreSQL was lost (${reasonOf(error)}).`), lost: true }
  }
  const lost = ENDS_CONNECTION.test(report.state) || report.fatal || isStale(report)
  const failure = BY_STATE[report.state] ?? (lost ? 'unavailable' : 'broken')
  return { error: storeError(failure, report), lost }
}

/** Why a connection could not be made, in one line that never holds the password. */
export function connectFailure(error: unknown, place: string): StoreError {
  const report = reportOf(error)
  const reason = report === undefined ? reasonOf(error) : report.message
  return unavailable(`PostgreSQL at ${place} cannot be reached (${reason}).`)
}

/** True where a server was there and cut the connection while it was made: not refused, not silent. */
export function wasCut(error: unknown): boolean {
  const report = reportOf(error)
  if (report !== undefined) return /^57P0[12]$/.test(report.state)
  const reason = reasonOf(error)
  return reason === 'ECONNRESET' || reason === 'EPIPE' || reason === 'Connection terminated unexpectedly'
}

/** The database does not answer; of what was to be written nothing was. */
export const unavailable = (message: string): StoreError => new StoreError('unavailable', message)

interface Report {
  readonly state: string
  readonly message: string
  readonly fatal: boolean
  readonly constraint?: string
  readonly table?: string
  readonly column?: string
}

function reportOf(error: unknown): Report | undefined {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return undefined
  if (typeof error.code !== 'string' || error.code.length !== 5) return undefined
  return {
    state: error.code,
    message: QUOTES_NO_VALUE.test(error.code) ? error.message : 'the message is withheld, it may hold a value',
    fatal: error.severity === 'FATAL' || error.severity === 'PANIC',
    ...named('constraint', error),
    ...named('table', error),
    ...named('column', error),
  }
}

function named<N extends 'constraint' | 'table' | 'column'>(name: N, error: object): { [K in N]?: string } {
  const value: unknown = Reflect.get(error, name)
  // The computed key is exactly N; the compiler widens computed keys to string.
  return (typeof value === 'string' ? { [name]: value } : {}) as { [K in N]?: string }
}

function storeError(failure: StoreFailure, report: Report): StoreError {
  const { constraint, table, column } = report
  const sentence =
    SENTENCES[failure] ?? violation(failure, report) ?? `PostgreSQL refused the statement: ${report.message}`
  return new StoreError(failure, `${sentence} (${report.state})`, {
    ...(constraint === undefined ? {} : { constraint }),
    ...(table === undefined ? {} : { table }),
    ...(column === undefined ? {} : { columns: [column] }),
  })
}

function violation(failure: StoreFailure, { constraint, table, column }: Report): string | undefined {
  if (failure === 'unique') return `A row of ${table} with these values is already there: ${constraint}.`
  if (failure === 'foreign_key')
    return `A reference of ${table} points nowhere, or the row is still referred to: ${constraint}.`
  if (failure === 'check') return `The row breaks the condition ${constraint} of ${table}.`
  if (failure === 'not_null') return `${table}.${column} must have a value.`
  return undefined
}

function isStale(report: Report): boolean {
  return STALE_PLAN.test(report.state) || (report.state === '0A000' && report.message.startsWith('cached plan'))
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason given'
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.message
}
