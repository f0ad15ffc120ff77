// What commands share that do operations of the app: an operator in its house, and answers as lines.
import { createLog } from '../base/log.ts'
import type { Answer } from '../call/call.ts'
import type { House } from '../call/house.ts'
import { readConfig } from '../server/config.ts'
import { type Operator, operatorOf } from '../server/operator.ts'
import { openServer } from '../server/start.ts'
import { textOf, type Words } from './command.ts'
import { findApp } from './find_app.ts'

/** A row or another answer, as a client would be shown it. */
export type Shown = Readonly<Record<string, unknown>>

export interface Operating {
  /** Does operations as the role admin. */
  readonly operate: Operator
  readonly house: House
}

/** Opens the app's house for the work. Fails as a start does: 75 where a server has the SQLite database. */
export async function withOperator(app: string | undefined, work: (means: Operating) => Promise<void>): Promise<void> {
  const log = createLog({ level: 'error' })
  const server = await openServer(await findApp(app), { config: readConfig(), log })
  const { house } = server.house
  try {
    await work({ operate: operatorOf(server, ['admin']), house })
  } finally {
    await house.engine.close()
  }
}

/** One line on standard output. */
export const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** The options of these names that were given, as the query of a list. */
export const queryOf = (words: Words, names: readonly string[]): string =>
  names
    .map((name) => [name, textOf(words, name)] as const)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)
    .join('&')

/** Says a page: as JSON, or a line for each of its rows and how to go on. */
export function sayPage(words: Words, answer: Answer, lineOf: (row: Shown) => string): void {
  const page = pageOf(answer)
  if (words.values['json'] === true) return say(JSON.stringify(page))
  for (const row of page.data) say(lineOf(row))
  if (page.next !== null) say(`more: --after ${page.next}`)
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
