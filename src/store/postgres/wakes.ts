// Wakes across processes: one session that listens, and notifications sent at most once in a while for each channel.
import { Abouts, Channels, type Woken } from '../channels.ts'
import type { Statement } from '../contract.ts'
import type { Driver } from './driver.ts'
import type { Readers } from './readers.ts'
import type { Client } from 'pg'

/** Between two notifications of one channel; a commit that notifies takes a lock that every other one of them wants. */
const PAUSE_MS = 20
/** Before a listening session that was lost is made again; listeners look by themselves meanwhile. */
const AGAIN_MS = 1_000
/** Channels are names of ours; the prefix keeps them apart from those of the application. */
const PREFIX = 'plinth_'

const NOTIFY: Statement = Object.freeze({
  text: `select pg_notify('${PREFIX}' || $1::text, $2::text) is null`,
  reads: ['bool'] as const,
})

/** Listens and wakes for one engine. */
export class Wakes {
  readonly #driver: Driver
  readonly #readers: Readers
  readonly #local = new Channels()
  readonly #listened = new Set<string>()
  readonly #pausing = new Map<string, { again: Abouts | undefined }>()
  #session: Promise<Client> | undefined
  #closed = false

  constructor(driver: Driver, readers: Readers) {
    this.#driver = driver
    this.#readers = readers
  }

  /** Calls back after a wake of the channel in any process; answers how to stop. */
  listen(channel: string, woken: Woken): () => void {
    this.#listened.add(channel)
    this.#listenOn(channel)
    return this.#local.listen(channel, woken)
  }

  /** Wakes this process at once, the others soon. */
  wake(channel: string, about?: string): void {
    if (this.#closed) return
    this.#local.wake(channel, about)
    const pause = this.#pausing.get(channel)
    const abouts = pause?.again ?? new Abouts()
    abouts.add(about)
    if (pause === undefined) this.#notify(channel, abouts)
    else pause.again = abouts
  }

  async close(): Promise<void> {
    this.#closed = true
    const client = await this.#session?.catch(() => undefined)
    await client?.end().catch(() => client.connection.stream.destroy())
  }

  #notify(channel: string, abouts: Abouts): void {
    const pause: { again: Abouts | undefined } = { again: undefined }
    this.#pausing.set(channel, pause)
    setTimeout(() => {
      this.#pausing.delete(channel)
      if (pause.again !== undefined && !this.#closed) this.#notify(channel, pause.again)
    }, PAUSE_MS).unref()
    // Only a hint: who does not hear it looks by itself a second later.
    this.#readers.query(NOTIFY, [channel, written(abouts)]).catch(() => {})
  }

  #listenOn(channel: string): void {
    if (this.#closed) return
    this.#session ??= this.#open()
    this.#session.then((client) => client.query(`listen ${PREFIX}${channel}`)).catch(() => {})
  }

  #open(): Promise<Client> {
    const opening = this.#driver.connect('schema')
    opening.then(
      (client) => this.#hear(client),
      () => this.#lost(),
    )
    return opening
  }

  #hear(client: Client): Client {
    client.on('end', () => this.#lost())
    return client.on('notification', ({ channel, payload }) => {
      for (const about of readAbouts(payload)) this.#local.wake(channel.slice(PREFIX.length), about)
    })
  }

  #lost(): void {
    this.#session = undefined
    if (this.#closed) return
    setTimeout(() => {
      for (const channel of this.#listened) {
        this.#listenOn(channel)
        this.#local.wake(channel) // something may have been missed
      }
    }, AGAIN_MS).unref()
  }
}

/** What is notified: things by spaces, well below the 8,000 bytes there may be; nothing for anything. */
const written = (abouts: Abouts): string => abouts.list().join(' ')

const readAbouts = (payload = ''): readonly (string | undefined)[] =>
  payload === '' ? [undefined] : payload.split(' ')
