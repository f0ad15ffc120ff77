// What commands share that do operations of the app: an operator in its house, and answers as lines.
import type { Answer } from '../call/call.ts'
import type { House } from '../call/house.ts'
import { readConfig } from '../server/config.ts'
import { type Operator, operatorOf } from '../server/operator.ts'
import { exitCodes } from '../server/run.ts'
import { openServer } from '../server/start.ts'
import { textOf, type Words } from './command.ts'
import { findApp } from './find_app.ts'
import { say, type Terminal } from './terminal.ts'

/** A row or another answer, as a client would be shown it. */
export type Shown = Readonly<Record<string, unknown>>

export interface Operating {
  /** Does operations as the role admin. */
  readonly operate: Operator
  readonly house: House
  readonly words: Words
  readonly terminal: Terminal
}

/** Opens the app's house for the work. Fails as a start does: 75 where a server has the SQLite database. */
export async function withOperator(
  words: Words,
  terminal: Terminal,
  work: (means: Operating) => Promise<void>,
): Promise<number> {
  const log = terminal.openLog()
  const app = await findApp(textOf(words, 'app'))
  const server = await openServer(app, { config: readConfig(terminal.environment), log })
  const { house } = server.house
  try {
    await work({ operate: operatorOf(server, ['admin']), house, words, terminal })
    return exitCodes.ok
  } finally {
    await house.engine.close()
  }
}

/** Says one thing: as JSON where that was asked, or as a person reads it. */
export function sayOne<T>({ words, terminal }: Operating, value: T, lineOf: (value: T) => string): void {
  say(terminal, words.values['json'] === true ? JSON.stringify(value) : lineOf(value))
}

/** The options of these names that were given, as the query of a list. */
export const queryOf = (words: Words, names: readonly string[]): string =>
  names
    .map((name) => [name, textOf(words, name)] as const)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)
    .join('&')

/** Says a page: as JSON, or a line for each of its rows and how to go on. */
export function sayPage({ words, terminal }: Operating, answer: Answer, lineOf: (row: Shown) => string): void {
  const page = pageOf(answer)
  if (words.values['json'] === true) return say(terminal, JSON.stringify(page))
  for (const row of page.data) say(terminal, lineOf(row))
  if (page.next !== null) say(terminal, `more: --after ${page.next}`)
}

/** The one row that was answered. */
export function rowOf(answer: Answer): Shown {
  if (answer.shape !== 'row') throw new TypeError(`a row was asked for, and a ${answer.shape} came`)
  return answer.value as Shown // a row is shown as an object
}

/** The rows that were answered. */
export function pageOf(answer: Answer): { readonly data: readonly Shown[]; readonly next: string | null } {
  if (answer.shape !== 'page') throw new TypeError(`rows were asked for, and a ${answer.shape} came`)
  return { data: answer.data as readonly Shown[], next: answer.next } // as above
}
