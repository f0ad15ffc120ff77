// The clients of the fault tests: lanes of mixed requests over HTTP, each request with what its answer tells.
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom, type Random } from '../../src/base/random.ts'
import { bodyOf, type Fact, type Step } from './history.ts'

/** What a server said; undefined when the connection was cut before it had. */
export type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> } | undefined

export interface Ask {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly step?: number
}

/** A keep-alive connection to a server, one request at a time. */
export class Connection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #origin: string

  constructor(origin: string) {
    this.#origin = origin
  }

  ask({ method, path, body, step }: Ask): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...(step !== undefined && { 'x-request-id': `step-${step}` }),
    }
    return new Promise((resolve) => {
      const asked = request(this.#origin + path, { method, headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', () => resolve(undefined))
        response.on('end', () => resolve(answerOf(response.statusCode ?? 0, Buffer.concat(chunks).toString())))
      })
      asked.on('error', () => resolve(undefined))
      asked.end(text)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function answerOf(status: number, text: string): Answer {
  const body: unknown = text === '' ? {} : JSON.parse(text)
  return { status, body: typeof body === 'object' && body !== null ? { ...body } : {} }
}

/** A note as one lane knows it. */
interface Known {
  readonly code: string
  readonly id: string
  revision: number
  /** Somebody relies on it: it is not removed any more. */
  isKept: boolean
}

export interface LoadOptions {
  readonly origin: string
  readonly seed: number
  /** Steps in all. */
  readonly requests: number
  /** Keeps the names of loads on one database apart. */
  readonly prefix: string
  /** Number of the first step; 0 without it. */
  readonly firstNumber?: number
  /** All lanes rest together now and then, so that the server finds its idle work too. */
  readonly rest?: { readonly every: number; readonly ms: number }
}

/** The load: steps in the order they were sent, and how it is stopped. */
export class Load {
  readonly steps: Step[] = []
  readonly #origin: string
  readonly #random: Random
  readonly #prefix: string
  readonly #notes: Known[] = []
  /** Notes with a write under way. */
  readonly #hot = new Set<Known>()
  readonly #accounts: string[] = []
  readonly #options: LoadOptions
  #left: number
  #numbers: number
  #rest: Promise<void> | undefined

  constructor(options: LoadOptions) {
    this.#options = options
    this.#origin = options.origin
    this.#random = seededRandom(options.seed)
    this.#left = options.requests
    this.#prefix = options.prefix
    this.#numbers = options.firstNumber ?? 0
  }

  /** Makes the accounts, then runs the lanes until the requests are used up or the server is gone. */
  async run(lanes: number): Promise<void> {
    const first = new Connection(this.#origin)
    const made: (Step | undefined)[] = []
    for (let n = 0; n < ACCOUNTS; n++) made.push(await this.#openAccount(first, `${this.#prefix}-${n}`, made.at(-1)))
    first.close()
    if (made.some((step) => step === undefined)) return
    await Promise.all(Array.from({ length: lanes }, (_, lane) => this.#lane(lane, made.at(-1))))
  }

  /** Reads every note there is, page by page: whatever is shown has been told. */
  async census(): Promise<void> {
    const connection = new Connection(this.#origin)
    let previous: Step | undefined
    for (let path: string | undefined = `${NOTES}?limit=100`; path !== undefined;) {
      const step = this.#begin('census', previous)
      const answer: Answer = await connection.ask({ method: 'GET', path, step: step.number })
      const { data, next } = answer?.body ?? {}
      const rows: Readonly<Record<string, unknown>>[] = Array.isArray(data) ? data : []
      const facts = rows.map(({ code, revision }) => ({ note: String(code), revision: Number(revision) }))
      previous = this.#told(step, answer, 200, facts)
      path = typeof next === 'string' ? `${NOTES}?limit=100&after=${encodeURIComponent(next)}` : undefined
    }
    connection.close()
  }

  async #openAccount(connection: Connection, name: string, previous: Step | undefined): Promise<Step | undefined> {
    const step = this.#begin(`open ${name}`, previous)
    const answer = await connection.ask({ method: 'POST', path: '/api/v1/accounts', body: { name }, step: step.number })
    if (answer === undefined) return undefined
    step.toldAt = Date.now()
    step.answer = { status: answer.status, facts: answer.status === 201 ? [{ account: name, moves: 0 }] : [] }
    this.#accounts.push(String(answer.body['id']))
    return step
  }

  async #lane(lane: number, before: Step | undefined): Promise<void> {
    const connection = new Connection(this.#origin)
    const mine: Known[] = []
    let previous = before
    while (this.#left > 0) {
      this.#left--
      await this.#rested()
      const step = await this.#step(connection, lane, mine, previous)
      if (step === undefined) break
      previous = step
    }
    connection.close()
  }

  async #rested(): Promise<void> {
    const { rest } = this.#options
    if (rest !== undefined && this.#left % rest.every === 0) this.#rest = sleep(rest.ms)
    await this.#rest
  }

  /** One request; undefined when the server is gone. */
  #step(connection: Connection, lane: number, mine: Known[], previous: Step | undefined): Promise<Step | undefined> {
    const chance = this.#random.fraction()
    // Some lanes mostly watch the others: what they are shown may be newer than the disk.
    if (lane % WATCHERS === 0 && this.#hot.size > 0 && chance < 0.9) return this.#look(connection, previous)
    if (mine.length < 1 || chance < 0.3) return this.#create(connection, lane, mine, previous)
    if (chance < 0.6) return this.#update(connection, mine, previous)
    if (chance < 0.7) return this.#remove(connection, mine, previous)
    if (chance < 0.8) return this.#look(connection, previous)
    if (chance < 0.85) return this.#collide(connection, previous)
    return this.#transfer(connection, previous)
  }

  async #create(connection: Connection, lane: number, mine: Known[], previous: Step | undefined) {
    const code = `${this.#prefix}-${lane}-${this.#numbers}`
    const step = this.#begin(`create ${code}`, previous, { note: code, revision: 1 })
    const body = { code, revision: 1, body: bodyOf(code, 1) }
    const answer = await connection.ask({ method: 'POST', path: NOTES, body, step: step.number })
    if (answer?.status === 201) {
      const known = { code, id: String(answer.body['id']), revision: 1, isKept: false }
      mine.push(known)
      this.#notes.push(known)
    }
    return this.#told(step, answer, 201, [{ note: code, revision: 1 }])
  }

  async #update(connection: Connection, mine: readonly Known[], previous: Step | undefined) {
    const known = this.#one(mine)
    const revision = known.revision + 1
    const step = this.#begin(`update ${known.code}`, previous, { note: known.code, revision })
    const body = { revision, body: bodyOf(known.code, revision) }
    this.#hot.add(known)
    const answer = await connection.ask({ method: 'PATCH', path: `${NOTES}/${known.id}`, body, step: step.number })
    this.#hot.delete(known)
    if (answer?.status === 200) known.revision = revision
    return this.#told(step, answer, 200, [{ note: known.code, revision }])
  }

  async #remove(connection: Connection, mine: Known[], previous: Step | undefined) {
    const known = this.#one(mine)
    if (known.isKept) return this.#update(connection, mine, previous)
    mine.splice(mine.indexOf(known), 1)
    this.#notes.splice(this.#notes.indexOf(known), 1)
    this.#hot.add(known)
    const step = this.#begin(`remove ${known.code}`, previous, { note: known.code, revision: 'gone' })
    const answer = await connection.ask({ method: 'DELETE', path: `${NOTES}/${known.id}`, step: step.number })
    this.#hot.delete(known)
    return this.#told(step, answer, 204, [{ note: known.code, revision: 'gone' }])
  }

  /** Reads what another lane may be writing at this moment: the answer must not run ahead of the disk. */
  async #look(connection: Connection, previous: Step | undefined) {
    const known = this.#one(this.#hot.size > 0 ? [...this.#hot] : this.#notes)
    const step = this.#begin(`look at ${known.code}`, previous)
    const answer = await connection.ask({ method: 'GET', path: `${NOTES}/${known.id}`, step: step.number })
    const isGone = answer?.status === 404
    const revision = isGone ? 'gone' : Number(answer?.body['revision'])
    return this.#told(step, answer, isGone ? 404 : 200, [{ note: known.code, revision }])
  }

  /** Takes a code that is taken: the refusal tells that its note is there. */
  async #collide(connection: Connection, previous: Step | undefined) {
    const known = this.#one(this.#notes)
    known.isKept = true
    const { code } = known
    const step = this.#begin(`collide with ${code}`, previous)
    const body = { code, revision: 1, body: 'a second one' }
    const answer = await connection.ask({ method: 'POST', path: NOTES, body, step: step.number })
    return this.#told(step, answer, 409, [{ note: code, revision: 1 }])
  }

  async #transfer(connection: Connection, previous: Step | undefined) {
    const from = Math.floor(this.#random.fraction() * ACCOUNTS)
    const to = (from + 1) % ACCOUNTS
    const step = this.#begin(`transfer from ${from}`, previous)
    const path = `/api/v1/accounts/${this.#accounts[from]}/transfer`
    const body = { to: this.#accounts[to], amount: 1 + Math.floor(this.#random.fraction() * 100) }
    const answer = await connection.ask({ method: 'POST', path, body, step: step.number })
    return this.#told(step, answer, 200, [
      { account: `${this.#prefix}-${from}`, moves: Number(answer?.body['moves'] ?? 0) },
    ])
  }

  #begin(what: string, previous: Step | undefined, write?: Step['write']): Step {
    const number = this.#numbers++
    const step = { number, previous: previous?.number, what, sentAt: Date.now(), ...(write && { write }) }
    this.steps.push(step)
    return step
  }

  /** Facts are told only by the status that means them; any other is kept for the judge to see. */
  #told(step: Step, answer: Answer, expected: number, facts: readonly Fact[]): Step | undefined {
    if (answer === undefined) return undefined
    step.toldAt = Date.now()
    step.answer = { status: answer.status, facts: answer.status === expected ? facts : [] }
    return step
  }

  #one(known: readonly Known[]): Known {
    const one = known[Math.floor(this.#random.fraction() * known.length)]
    if (one === undefined) throw new Error('a lane chose from no notes')
    return one
  }
}

const NOTES = '/api/v1/notes'
const ACCOUNTS = 4
/** One lane of so many. */
const WATCHERS = 4
