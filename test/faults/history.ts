// What clients did and were told, and what a database that was cut off must therefore hold.
import { START_BALANCE } from './app.ts'

/** Something an answer told its client: a note was there in this revision or a later one, or it was gone. */
export type Fact =
  | { readonly note: string; readonly revision: number | 'gone' }
  | { readonly account: string; readonly moves: number }

/** One request of a lane. A lane sends the next only when it has its answer. */
export interface Step {
  readonly number: number
  /** The step of the same lane before it: until that was answered this one was not even sent. */
  readonly previous: number | undefined
  readonly what: string
  /** What it does to a note, if it does anything. */
  readonly write?: { readonly note: string; readonly revision: number | 'gone' }
  /** When it was sent, and when its answer was there (ms), by the clients' clock. */
  readonly sentAt?: number
  toldAt?: number
  /** Undefined when no answer came. */
  answer?: { readonly status: number; readonly facts: readonly Fact[] }
}

/** What a database holds. */
export interface Rows {
  readonly notes: readonly { readonly code: string; readonly revision: number; readonly body: string }[]
  readonly accounts: readonly { readonly name: string; readonly balance: number; readonly moves: number }[]
}

/** The text of a note in a revision: of varying length, so that rows fill pages unevenly. */
export const bodyOf = (code: string, revision: number): string =>
  `${code}.${revision} `.repeat(4 + ((code.length * 7 + revision * 31) % 120)).slice(0, 2_000)

/** Which of the steps count: told to the client before the cut, and sent before the cut. */
export interface Cut {
  isTold(step: number): boolean
  /** Without it a step was sent when the one before it in its lane was told. */
  isSent?(step: number): boolean
}

/** All that is wrong with the rows, as sentences; nothing where every answer holds and nothing was made up. */
export const judge = (steps: readonly Step[], cut: Cut, rows: Rows): string[] =>
  wrongsOf(steps, cut, rows).map(({ text }) => text)

/** The steps that count and of which the rows know nothing, by their numbers. */
export const lostSteps = (steps: readonly Step[], cut: Cut, rows: Rows): ReadonlySet<number> =>
  new Set(wrongsOf(steps, cut, rows).flatMap(({ lost }) => (lost === undefined ? [] : [lost])))

/** What is wrong, and the step whose answer does not hold, where it is one. */
type Wrong = { readonly text: string; readonly lost?: number }

function wrongsOf(steps: readonly Step[], cut: Cut, rows: Rows): Wrong[] {
  const isSent = ({ number, previous }: Step): boolean =>
    cut.isSent === undefined ? previous === undefined || cut.isTold(previous) : cut.isSent(number)
  const told = steps.filter(({ number, answer }) => answer !== undefined && cut.isTold(number))
  const facts = told.flatMap(({ number, answer }) => (answer?.facts ?? []).map((fact) => ({ number, fact })))
  const writes = writesByNote(steps.filter((step) => isSent(step) && !isRefused(step)))
  return [...judgeNotes(writes, facts, rows), ...judgeAccounts(facts, rows)]
}

type Told = { readonly number: number; readonly fact: Fact }
/** The revisions that a note may have had, in order; the last may be 'gone'. */
type Writes = Map<string, (number | 'gone')[]>

const isRefused = ({ answer }: Step): boolean => answer !== undefined && answer.status >= 400 && answer.status < 500

function writesByNote(steps: readonly Step[]): Writes {
  const writes: Writes = new Map()
  for (const { write } of steps) {
    if (write === undefined) continue
    const sent = writes.get(write.note)
    if (sent === undefined) writes.set(write.note, [write.revision])
    else sent.push(write.revision)
  }
  return writes
}

function judgeNotes(writes: Writes, told: readonly Told[], { notes }: Rows): Wrong[] {
  const there = new Map(notes.map((note) => [note.code, note]))
  const wrong = notes.flatMap(({ code, revision, body }) => {
    if (!writes.get(code)?.includes(revision))
      return [{ text: `note ${code} has revision ${revision}, which nobody sent` }]
    return body === bodyOf(code, revision) ? [] : [{ text: `note ${code}.${revision} has a text of something else` }]
  })
  const lost = told.flatMap(({ number, fact }) => {
    if (!('note' in fact)) return []
    const sent = writes.get(fact.note) ?? []
    const found = there.get(fact.note)?.revision ?? 'gone'
    const least = sent.indexOf(fact.revision)
    const told = `step ${number} was told ${fact.note}.${fact.revision}`
    if (least === -1) return [{ text: `${told}, which nobody sent` }]
    if (found === 'gone' ? sent.includes('gone') : sent.indexOf(found) >= least) return []
    return [{ text: `${told}, it is ${found}; sent were ${sent.join(', ')}`, lost: number }]
  })
  return [...wrong, ...lost]
}

function judgeAccounts(told: readonly Told[], { accounts }: Rows): Wrong[] {
  const there = new Map(accounts.map((account) => [account.name, account]))
  const lost = told.flatMap(({ number, fact }) => {
    if (!('account' in fact)) return []
    const moves = there.get(fact.account)?.moves
    if (moves !== undefined && moves >= fact.moves) return []
    const text = `step ${number} was told of ${fact.moves} moves of ${fact.account}, there are ${moves ?? 'none'}`
    return [{ text, lost: number }]
  })
  const total = accounts.reduce((sum, { balance }) => sum + balance, 0)
  const moves = accounts.reduce((sum, account) => sum + account.moves, 0)
  return [
    ...lost,
    ...(total === accounts.length * START_BALANCE ? [] : [{ text: `the accounts hold ${total} together` }]),
    ...(moves % 2 === 0 ? [] : [{ text: `half of a transfer is there: ${moves} moves` }]),
  ]
}
