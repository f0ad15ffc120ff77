// Cuts the power at every point of a recording, in every way, and judges what each cut leaves behind.
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '../../src/base/random.ts'
import type { Engine, Statement } from '../../src/store/contract.ts'
import { openSqlite } from '../../src/store/sqlite/index.ts'
import { Disk, LOSSES, type Change, type Left, type Loss } from './disk.ts'
import { judge, type Rows, type Step } from './history.ts'
import { stepOf, type Event } from './recording.ts'

export interface ReplayOptions {
  readonly events: readonly Event[]
  readonly steps: readonly Step[]
  /** The database file, relative to the recorded directory. */
  readonly file: string
  /** An empty directory for the states; in memory if that is possible, since each is written and read once. */
  readonly scratch: string
  readonly seed: number
  /** About so many states, spread evenly over the recording; all of them without it. */
  readonly states?: number
  /** What becomes of what no sync has covered; everything of it without this. */
  readonly losses?: readonly Loss[]
  /** Enough is seen after so many states that are wrong. */
  readonly enough?: number
  /** Every so many states are read a second time in another way, such as through a whole server. */
  readonly look?: { readonly every: number; readonly read: (file: string) => Promise<Rows> }
}

/** A state that holds less, or something else, than was told. */
export interface Wrong {
  readonly event: number
  readonly loss: Loss
  readonly seed: number
  readonly why: readonly string[]
}

export interface Replayed {
  readonly states: number
  /** States in which at least one write had been told to a client. */
  readonly withTold: number
  readonly looks: number
  readonly wrong: readonly Wrong[]
}

/** A moment to cut the power at: before the event of that number. */
interface Moment {
  readonly event: number
  readonly losses: readonly Loss[]
}

/** Replays a recording. The same options give the same states. */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const moments = momentsOf(options.events, options.losses ?? LOSSES)
  const all = moments.reduce((sum, { losses }) => sum + losses.length, 0)
  const stride = Math.max(1, all / (options.states ?? all))
  const run = new Run(options)
  let passed = 0
  for (const { event, losses } of moments) {
    run.advanceTo(event)
    for (const loss of losses) {
      // Every `stride`-th state, counted over moments and losses alike.
      const isChosen = Math.floor(passed / stride) !== Math.floor((passed + 1) / stride)
      passed++
      if (isChosen) await run.check(loss)
      if (run.wrong.length >= (options.enough ?? Infinity)) return run.result
    }
  }
  return run.result
}

// Just before the disk changes is the worst moment: all answers that the state had to carry have been sent.
function momentsOf(events: readonly Event[], losses: readonly Loss[]): Moment[] {
  const disk = new Disk()
  const moments: Moment[] = []
  let isNew = true
  for (const [event, what] of [...events, undefined].entries()) {
    const changes = what === undefined || (what.kind !== 'answered' && what.kind !== 'found' && what.kind !== 'sync')
    if (changes && isNew) {
      moments.push({ event, losses: disk.isSafe ? ['keep'] : losses })
      isNew = false
    }
    if (what !== undefined && (disk.take(what) || what.kind === 'answered')) isNew = true
  }
  return moments
}

/** A state that lost everything says so a thousand times. */
const REASONS = 5

class Run {
  readonly wrong: Wrong[] = []
  readonly #options: ReplayOptions
  readonly #disk = new Disk()
  readonly #told = new Set<number>()
  #at = 0
  #states = 0
  #withTold = 0
  #looks = 0

  constructor(options: ReplayOptions) {
    this.#options = options
  }

  get result(): Replayed {
    return { states: this.#states, withTold: this.#withTold, looks: this.#looks, wrong: this.wrong }
  }

  advanceTo(event: number): void {
    for (; this.#at < event; this.#at++) {
      const what = this.#options.events[this.#at]
      if (what === undefined) return
      this.#disk.take(what)
      const step = what.kind === 'answered' ? stepOf(what.head) : undefined
      if (step !== undefined) this.#told.add(step)
    }
  }

  async check(loss: Loss): Promise<void> {
    const seed = this.#options.seed + this.#states++
    if (this.#told.size > 0) this.#withTold++
    const directory = join(this.#options.scratch, `${this.#states}`)
    put(directory, this.#disk.left(loss, seededRandom(seed)))
    const why = await this.#judged(join(directory, this.#options.file))
    rmSync(directory, { recursive: true })
    if (why.length > 0) this.wrong.push({ event: this.#at, loss, seed, why: why.slice(0, REASONS) })
  }

  async #judged(file: string): Promise<string[]> {
    const { steps, look } = this.#options
    const cut = { isTold: (step: number): boolean => this.#told.has(step) }
    const found = await read(file)
    if ('damage' in found) return found.damage
    const why = judge(steps, cut, found)
    if (why.length > 0 || look === undefined || this.#states % look.every !== 0) return why
    this.#looks++
    return judge(steps, cut, await look.read(file))
  }
}

function put(directory: string, left: readonly Left[]): void {
  mkdirSync(directory)
  for (const { path, file } of left) {
    const to = join(directory, path)
    if (file === undefined) mkdirSync(to)
    else putFile(to, file.image, file.changes)
  }
}

function putFile(path: string, image: Buffer, changes: readonly Change[]): void {
  const descriptor = openSync(path, 'w')
  writeSync(descriptor, image)
  for (const change of changes) {
    if ('cutTo' in change) ftruncateSync(descriptor, change.cutTo)
    else writeSync(descriptor, change.data, 0, change.data.length, change.at)
  }
  closeSync(descriptor)
}

/** Opens what was left as a start would, and reads all of it; `damage` says why that was not possible. */
async function read(file: string): Promise<Rows | { readonly damage: string[] }> {
  const damage: string[] = []
  try {
    const engine = await openSqlite({ file, onStorageFailure: (error) => damage.push(error.message) })
    const rows = await readAll(engine, damage)
    await engine.close()
    return damage.length > 0 ? { damage } : rows
  } catch (error) {
    return { damage: [...damage, error instanceof Error ? error.message : String(error)] }
  }
}

async function readAll(engine: Engine, damage: string[]): Promise<Rows> {
  const [[verdict] = []] = await engine.query({ text: 'pragma integrity_check', reads: ['text'] }, [])
  if (verdict !== 'ok') damage.push(`integrity_check: ${String(verdict)}`)
  const tables = (await engine.query(TABLES, [])).flat()
  const notes = tables.includes('notes') ? await engine.query(NOTES, []) : []
  const accounts = tables.includes('accounts') ? await engine.query(ACCOUNTS, []) : []
  return {
    notes: notes.map(([code, revision, body]) => ({ code: `${code}`, revision: Number(revision), body: `${body}` })),
    accounts: accounts.map(([name, balance, moves]) => ({
      name: `${name}`,
      balance: Number(balance),
      moves: Number(moves),
    })),
  }
}

const TABLES: Statement = { text: "select name from sqlite_schema where type = 'table'", reads: ['text'] }
const NOTES: Statement = { text: 'select code, revision, body from notes', reads: ['text', 'int', 'text'] }
const ACCOUNTS: Statement = { text: 'select name, balance, moves from accounts', reads: ['text', 'int', 'int'] }
