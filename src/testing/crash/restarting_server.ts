// A server in a process of its own that may be killed at any time, and whose clients do not notice.
import type { Broken } from '../../call/invariants.ts'
import type { Fetch } from '../../client/send.ts'
import { inherited } from '../../server/config.ts'
import { type Place, type Running, startProcess } from './process.ts'

/** A server that is started again when it was killed. */
export class RestartingServer {
  readonly #place: Place
  #running: Running
  #starting: Promise<void> | undefined
  /** What did not hold right after the kill, before anybody went on. */
  #broken: readonly Broken[] = []

  private constructor(place: Place, running: Running) {
    this.#place = place
    this.#running = running
  }

  static async start(place: Place): Promise<RestartingServer> {
    return new RestartingServer(place, await startProcess(place, inherited()))
  }

  arm(killAt: number): Promise<void> {
    return this.#running.arm(killAt)
  }

  /** Sends a request until it is answered, by whichever process lives then. */
  fetch: Fetch = async (path, init) => {
    for (;;) {
      const asked = this.#running
      const answer = await answered(`${asked.url}${path}`, init)
      if (answer instanceof Response) return answer
      // A connection that breaks is heard of a moment before the process that broke it is known to be gone.
      await Promise.race([asked.ended, pause(answer === 'running' ? shortMs : longMs)])
      if (answer === 'running') continue
      if (asked.isAlive) throw answer
      await this.#restart(asked)
    }
  }

  async settled(): Promise<{ passed: number; broken: readonly Broken[] }> {
    const first = await this.#running.settle()
    if (first === undefined) await this.#restart(this.#running)
    const settled = first ?? (await this.#running.settle())
    if (settled === undefined) throw new Error('it died, and was not told to')
    return { ...settled, broken: [...this.#broken, ...settled.broken] }
  }

  /** Kills it; the next request starts it again. */
  kill(): Promise<void> {
    return this.#running.kill()
  }

  async stop(): Promise<void> {
    await this.#starting
    await this.#running.kill()
  }

  #restart(dead: Running): Promise<void> {
    if (this.#running !== dead) return Promise.resolve() // another call had it started again
    return (this.#starting ??= this.#startAgain(dead).finally(() => (this.#starting = undefined)))
  }

  async #startAgain(dead: Running): Promise<void> {
    await dead.kill()
    const running = await startProcess(this.#place, inherited())
    this.#broken = await running.check()
    this.#running = running
  }
}

/** The answer; `running` where a twin that was cut is still at it; the failure where there was no answer. */
async function answered(url: string, init: RequestInit): Promise<Response | 'running' | Error> {
  try {
    const { status, headers, body } = await globalThis.fetch(url, init)
    if (status === 409 && headers.get('retry-after') !== null) return 'running'
    const text = body === null ? null : await new Response(body).text()
    return new Response(text === '' ? null : text, { status, headers })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

const shortMs = 20
const longMs = 2_000
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
