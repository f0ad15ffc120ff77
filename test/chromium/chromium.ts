// A real Chromium, driven by its own protocol (Chrome DevTools) over two pipes: nothing is installed for it.
import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

type Json = Readonly<Record<string, unknown>>

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Json
  readonly result?: Json
  readonly error?: { readonly message: string }
}

const names = ['chromium', 'chromium-browser', 'google-chrome']
const flags = [
  '--headless',
  '--no-sandbox', // tests often run as root, where Chromium starts without one alone
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
]
/** For a page to come to what a test waits for. */
const patienceMs = 20_000

/** The program's name, or why there is none; PLINTH_TEST_CHROMIUM names another. */
export function findChromium(): { readonly program: string } | { readonly skip: string } {
  const candidates = [process.env['PLINTH_TEST_CHROMIUM'] ?? [], names].flat()
  const program = candidates.find((name) => spawnSync(name, ['--version']).status === 0)
  return program === undefined ? { skip: `there is no browser (${names.join(', ')})` } : { program }
}

/** One page of a browser of its own, which ends with it. */
export class Chromium {
  /** Every address that the page asked for, in order; a redirect is one more. */
  readonly asked: string[] = []
  /** What the browser would not do for reasons of security, such as a policy of the page. */
  readonly complaints: string[] = []
  readonly #child: ChildProcess
  readonly #to: Writable
  readonly #profile: string
  readonly #waiting = new Map<number, (message: Message) => void>()
  #count = 0
  #session: string | undefined

  private constructor(child: ChildProcess, profile: string) {
    this.#child = child
    this.#profile = profile
    // Pipes, as they were asked for.
    this.#to = child.stdio[3] as Writable
    const from = child.stdio[4] as Readable
    let text = ''
    from.setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (text + chunk).split('\0')
      text = messages.pop() ?? ''
      for (const message of messages) this.#heard(JSON.parse(message) as Message)
    })
  }

  static async open(program: string): Promise<Chromium> {
    const profile = mkdtempSync(join(tmpdir(), 'plinth-chromium-'))
    const child = spawn(program, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    })
    const browser = new Chromium(child, profile)
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
    browser.#session = String(sessionId)
    for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await browser.send(`${domain}.enable`)
    return browser
  }

  /** One command of the protocol. Fails with what the browser says. */
  send(method: string, params: Json = {}): Promise<Json> {
    const id = ++this.#count
    const session = this.#session === undefined ? {} : { sessionId: this.#session }
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result = {}, error }) =>
        error === undefined ? resolve(result) : reject(new Error(`${method}: ${error.message}`)),
      )
      this.#to.write(`${JSON.stringify({ id, method, params, ...session })}\0`)
    })
  }

  /** Opens an address and waits until it is there. */
  async go(url: string): Promise<void> {
    await this.send('Page.navigate', { url })
    await this.until(`location.href === ${JSON.stringify(url)} && document.readyState === 'complete'`)
  }

  /** What an expression of the page answers, awaited, as if its user had just clicked. */
  async evaluate(expression: string): Promise<unknown> {
    const said = { expression, awaitPromise: true, returnByValue: true, userGesture: true }
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', said)
    assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails))
    return (result as Json)['value']
  }

  /** Waits until an expression is true; one that fails, as it does between two pages, is not. */
  async until(expression: string): Promise<void> {
    await this.#while(async () => (await this.evaluate(expression).catch(() => false)) !== true, expression)
  }

  /** Waits for a request whose address begins so; answers it whole. */
  async request(start: string): Promise<URL> {
    const found = (): string | undefined => this.asked.find((address) => address.startsWith(start))
    await this.#while(async () => found() === undefined, start)
    return new URL(found() ?? '')
  }

  /** Clicks what a selector finds, once it is there and seen. */
  async click(selector: string): Promise<void> {
    const one = `document.querySelector(${JSON.stringify(selector)})`
    await this.until(`${one} !== null && !${one}.hidden`)
    await this.evaluate(`void ${one}.click()`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }

  async #while(isEarly: () => Promise<boolean>, what: string): Promise<void> {
    const deadline = performance.now() + patienceMs
    while (await isEarly()) {
      assert.ok(performance.now() < deadline, `it never came to: ${what}; it asked for\n${this.asked.join('\n')}`)
      await sleep(20)
    }
  }

  #heard({ id, method, params = {}, ...answer }: Message): void {
    if (id !== undefined) this.#waiting.get(id)?.(answer)
    if (id !== undefined) this.#waiting.delete(id)
    if (method === 'Network.requestWillBeSent') this.asked.push(String((params['request'] as Json)['url']))
    const { source, text } = method === 'Log.entryAdded' ? (params['entry'] as Json) : {}
    if (source === 'security') this.complaints.push(String(text))
  }
}
