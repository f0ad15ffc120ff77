// Clients that use registers and lists at once, while servers are killed, and the history of what they were told.
import assert from 'node:assert/strict'
import { type Random, seededRandom } from '../../src/base/random.ts'
import type { Asking, Reply } from '../keys/processes.ts'
import type { Held, Step, Transaction } from './appends.ts'
import type { Call } from './register.ts'
import type { Servers } from './servers.ts'

export interface DriveOptions {
  readonly servers: Servers
  readonly seed: number
  readonly clients: number
  readonly operations: number
  /** Servers that are killed on the way, spread evenly. */
  readonly kills?: number
  /** The actions that run transactions. */
  readonly actions: readonly string[]
}

export interface History {
  readonly registers: ReadonlyMap<string, readonly Call[]>
  readonly transactions: readonly Transaction[]
  readonly held: Held
  /** Operations by what came of them. */
  readonly counts: Readonly<Record<string, number>>
}

/** A register or a list is used by so many operations, and followed by a new one: searching stays short. */
const USES = 120
/** Of each that are used at the same time; few, so that clients meet. */
const ABREAST = 2
const NOTHING_DONE = /nothing was done/

/** Runs the clients to their end. Fails where a server answers with what no client can expect. */
export async function drive(options: DriveOptions): Promise<History> {
  const run = new Run(options)
  await run.begin()
  const { clients, operations, kills = 0, servers } = options
  const random = seededRandom(options.seed)
  const killEvery = Math.ceil(operations / (kills + 1))
  const one = async (client: number): Promise<void> => {
    while (run.steps < operations) {
      const step = ++run.steps
      if (kills > 0 && step % killEvery === 0) servers.kill?.(Math.floor(random.fraction() * clients))
      await run.operation(step, client)
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => one(client)))
  return run.end()
}

interface Known {
  readonly value: number
  readonly tag: string | undefined
}

class Run {
  steps = 0
  readonly #options: DriveOptions
  readonly #random: Random
  /** What is in use, and how often it was. */
  readonly #registers: { id: string; uses: number }[] = []
  readonly #lists: { id: string; uses: number }[] = []
  readonly #calls = new Map<string, Call[]>()
  readonly #known = new Map<string, Known>()
  readonly #transactions: Transaction[] = []
  readonly #allLists: string[] = []
  readonly #counts: Record<string, number> = {}
  /** The one order of all that was sent and told. */
  #time = 0
  /** Each value and element is another. */
  #values = 0

  constructor(options: DriveOptions) {
    this.#options = options
    this.#random = seededRandom(options.seed + 1)
  }

  async begin(): Promise<void> {
    for (let n = 0; n < ABREAST; n++) {
      this.#registers.push({ id: await this.#make('registers'), uses: 0 })
      this.#lists.push({ id: await this.#make('lists'), uses: 0 })
    }
  }

  /** One operation of a client, chosen by chance. */
  operation(step: number, client: number): Promise<void> {
    return this.#random.fraction() < 0.5 ? this.#use(step, client) : this.#transact(step, client)
  }

  /** Reads all there is, when nobody else is at work. */
  async end(): Promise<History> {
    for (const id of this.#calls.keys()) await this.#read(++this.steps, 0, id)
    const held = new Map<string, readonly number[]>()
    for (const id of this.#allLists) {
      const reply = await this.#askUntilDone({ path: `/api/v1/lists/${id}` })
      held.set(id, elementsOf(reply.json['elements']))
    }
    return { registers: this.#calls, transactions: this.#transactions, held, counts: this.#counts }
  }

  async #make(noun: 'registers' | 'lists'): Promise<string> {
    const reply = await this.#askUntilDone({ path: `/api/v1/${noun}`, body: {} })
    const id = String(reply.json['id'])
    if (noun === 'registers') this.#calls.set(id, [])
    else this.#allLists.push(id)
    return id
  }

  async #askUntilDone(asking: Asking): Promise<NonNullable<Reply>> {
    for (let tries = 0; tries < 100; tries++) {
      const reply = await this.#options.servers.ask(0, asking)
      if (reply !== undefined && reply.status < 300) return reply
    }
    throw new Error(`nobody answers ${asking.path}`)
  }

  /** One of those in use; what was used enough is followed by a new one. */
  async #oneOf(noun: 'registers' | 'lists'): Promise<string> {
    const some = noun === 'registers' ? this.#registers : this.#lists
    const at = Math.floor(this.#random.fraction() * some.length)
    const one = some[at]!
    if (++one.uses === USES) some[at] = { id: await this.#make(noun), uses: 0 }
    return one.id
  }

  // ---- registers

  async #use(step: number, client: number): Promise<void> {
    const id = await this.#oneOf('registers')
    const chance = this.#random.fraction()
    const known = this.#known.get(id)
    if (chance < 0.4 || known?.tag === undefined) return this.#read(step, client, id)
    return this.#write(step, client, id, chance < 0.7 ? undefined : known)
  }

  async #read(step: number, client: number, id: string): Promise<void> {
    const calledAt = ++this.#time
    const reply = await this.#options.servers.ask(client, { path: `/api/v1/registers/${id}` })
    const outcome = this.#outcome('read', reply)
    if (outcome !== 'done') return // a read that was told nothing changed nothing
    const value = this.#remember(id, reply)
    this.#calls.get(id)!.push({ step, client, kind: 'read', value, outcome, calledAt, toldAt: ++this.#time })
  }

  async #write(step: number, client: number, id: string, over: Known | undefined): Promise<void> {
    const value = ++this.#values
    const calledAt = ++this.#time
    const asking = { method: 'PATCH', path: `/api/v1/registers/${id}`, body: { value }, ifMatch: over?.tag }
    const reply = await this.#options.servers.ask(client, asking)
    const isRefused = over !== undefined && reply?.status === 412
    const outcome: Call['outcome'] | 'undone' = isRefused ? 'refused' : this.#outcome('write', reply)
    if (outcome === 'undone') return
    if (outcome === 'done') assert.equal(this.#remember(id, reply), value)
    const call = { step, client, value, outcome, calledAt, toldAt: ++this.#time } as const
    const kind = over === undefined ? ({ kind: 'write' } as const) : ({ kind: 'swap', expected: over.value } as const)
    this.#calls.get(id)!.push({ ...call, ...kind })
  }

  #remember(id: string, reply: Reply): number {
    const value = Number(reply?.json['value'])
    this.#known.set(id, { value, tag: reply?.headers['etag'] })
    return value
  }

  // ---- transactions

  async #transact(step: number, client: number): Promise<void> {
    const { actions } = this.#options
    const wanted = []
    const length = 1 + Math.floor(this.#random.fraction() * 4)
    for (let n = 0; n < length; n++) {
      const list = await this.#oneOf('lists')
      if (this.#random.fraction() < 0.5) wanted.push({ kind: 'read' as const, list })
      else wanted.push({ kind: 'append' as const, list, element: ++this.#values })
    }
    const action = actions[Math.floor(this.#random.fraction() * actions.length)]
    const reply = await this.#options.servers.ask(client, { path: `/api/v1/lists/${action}`, body: { steps: wanted } })
    const outcome = this.#outcome('transaction', reply)
    const reads = (reply?.json['reads'] ?? []) as readonly { readonly elements: string }[]
    const seen = reads.map(({ elements }) => elementsOf(elements)).values()
    const steps = wanted.map((one): Step => (one.kind === 'append' ? one : { ...one, seen: seen.next().value }))
    this.#transactions.push({ step, client, outcome, steps })
  }

  #outcome(what: string, reply: Reply): 'done' | 'undone' | 'unknown' {
    const outcome = outcomeOf(reply)
    const name = `${what} ${outcome}`
    this.#counts[name] = (this.#counts[name] ?? 0) + 1
    return outcome
  }
}

function outcomeOf(reply: Reply): 'done' | 'undone' | 'unknown' {
  if (reply === undefined) return 'unknown'
  if (reply.status < 300) return 'done'
  assert.equal(reply.status, 503, reply.text)
  return NOTHING_DONE.test(reply.text) ? 'undone' : 'unknown'
}

const elementsOf = (text: unknown): number[] => (text === '' ? [] : String(text).split(' ').map(Number))
