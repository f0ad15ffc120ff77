// A system brought up to be measured: filled, started, and found to answer rightly.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { agree } from './agree.ts'
import { usageOfSession } from './machine.ts'
import type { Start } from './report.ts'
import { listPaths, requestFile, requestFor, type Endpoint, type Source } from './requests.ts'
import { ServerProcess, type Command } from './server_process.ts'
import type { Place, System } from './systems.ts'

const FIRST_PORT = 4_400
const IDLE_MS = 3_000
/** What a server is asked when it starts: a row, so that the database is open too. */
const FIRST_QUESTION = requestFor('one', 1, { tokens: [], pages: {} }).path

export class Subject {
  readonly system: System
  private readonly place: Place
  private readonly port: number
  private readonly command: Command
  private running: { readonly server: ServerProcess; readonly source: Source } | undefined

  private constructor(system: System, place: Place, command: Command, port: number) {
    this.system = system
    this.place = place
    this.command = command
    this.port = port
  }

  /** Fills the system's database; `number` tells the systems of one measurement apart. */
  static async prepare(system: System, place: Place, number: number): Promise<Subject> {
    return new Subject(system, place, await system.prepare(place), FIRST_PORT + number)
  }

  get origin(): string {
    return this.started().server.origin
  }

  /** The process whose session is the server's. */
  get pid(): number {
    return this.started().server.pid
  }

  /** Starts the server once, only to measure the start and the memory it takes when nobody asks. */
  async measureStart(): Promise<Start> {
    const server = this.spawn()
    try {
      const firstAnswerMs = await server.ready(FIRST_QUESTION)
      await sleep(IDLE_MS)
      return { system: this.system.name, firstAnswerMs, idleMb: usageOfSession(server.pid).residentMb }
    } finally {
      await server.stop()
    }
  }

  /** Starts the server for the load. Fails when it answers anything else than the data says. */
  async start(): Promise<void> {
    const server = this.spawn()
    try {
      await server.ready(FIRST_QUESTION)
      const source = { tokens: await this.system.tokens(), pages: await listPaths(server.origin) }
      await agree(server.origin, source)
      this.running = { server, source }
    } catch (error) {
      await server.stop()
      throw error
    }
  }

  /** How late the event loop of the server was since this was asked last, in milliseconds. */
  loopP99Ms(): Promise<number> {
    return this.started().server.loopP99Ms()
  }

  async stop(): Promise<void> {
    await this.running?.server.stop()
    this.running = undefined
  }

  /** Writes the requests of one endpoint; answers the file. */
  writeRequests(endpoint: Endpoint): string {
    const file = join(this.place.work, `${this.system.name}-${endpoint}.requests`)
    writeFileSync(file, requestFile(endpoint, this.started().source))
    return file
  }

  private spawn(): ServerProcess {
    const { name } = this.system
    return new ServerProcess(name, this.command, this.port, join(this.place.work, `${name}.log`))
  }

  private started(): { readonly server: ServerProcess; readonly source: Source } {
    if (this.running === undefined) throw new Error(`${this.system.name} is not running`)
    return this.running
  }
}
