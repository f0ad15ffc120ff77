// Sends events to a broker: in their order, those of one row one after the other, and remembered once it has them.
import { eventLimits } from '../../base/limits.ts'
import type { Runner } from '../../call/feature.ts'
import type { House } from '../../call/house.ts'
import { startLoop } from '../../call/loop.ts'
import type { Broker, Link, Message } from './brokers/broker.ts'
import { messageOf } from './brokers/message.ts'
import { channels } from './channels.ts'
import { advance, hold, isBehind, release } from './cursor.ts'
import { ENDLESS, eventsIn } from './kept.ts'

/** Begins to send. While the broker cannot be reached events wait; they are in the database. */
export function startSending(house: House, broker: Broker): Runner {
  const sender = new Sender(house, broker)
  const loop = startLoop(house, {
    name: `events to ${broker.name}`,
    channels: [channels.placed],
    pauseMs: 0,
    pollMs: eventLimits.pollMs,
    turn: () => sender.turn(),
  })
  return {
    stop: async () => {
      await loop.stop()
      await sender.close()
    },
  }
}

/** One process's way to one broker; only the process that holds the cursor sends. */
export class Sender {
  readonly #house: House
  readonly #broker: Broker
  readonly #held: { readonly name: string; readonly holder: string }
  #link: Link | undefined
  #isReached = true

  constructor(house: House, broker: Broker) {
    this.#house = house
    this.#broker = broker
    this.#held = { name: broker.name, holder: house.id() }
  }

  /** Sends what is next; true where more may be there at once. An outage is logged when it begins and when it ends. */
  async turn(): Promise<boolean> {
    if (!(await isBehind(this.#house, [this.#broker.name]))) return false
    const from = await hold(this.#house, this.#held, eventLimits.brokerLeaseMs)
    if (from === undefined) return false
    const batch = await this.#next(from)
    const last = batch.at(-1)
    if (last === undefined) return false
    const { confirmed, failure } = await this.#send(batch)
    // Whatever comes before the first event that is not confirmed need not be sent again.
    const gap = batch.find((message) => !confirmed.has(message.id))
    const upTo = gap === undefined ? last.position : gap.position - 1
    if (upTo > from) await advance(this.#house, this.#held, upTo)
    if (failure !== undefined) await this.#lose(failure)
    return failure === undefined && batch.length === eventLimits.relayedAtOnce
  }

  /** Ends the connection and lets another process go on. */
  async close(): Promise<void> {
    await this.#drop()
    await release(this.#house, this.#held)
  }

  async #next(after: number): Promise<Message[]> {
    const { engine, model } = this.#house
    const session = { all: engine.query.bind(engine) }
    const kept = await eventsIn(session, engine.dialect, { from: after + 1, to: ENDLESS }, eventLimits.relayedAtOnce)
    return kept.map((event) => messageOf(model.name, event))
  }

  async #send(batch: readonly Message[]): Promise<Sent> {
    try {
      this.#link ??= await this.#broker.open()
    } catch (error) {
      return { confirmed: new Set(), failure: error }
    }
    const sent = await sendInOrder(this.#link, batch)
    if (sent.failure === undefined && !this.#isReached) {
      this.#isReached = true
      this.#house.log.info({ broker: this.#broker.name }, 'The broker has taken events again.')
    }
    return sent
  }

  async #lose(error: unknown): Promise<void> {
    await this.#drop()
    if (!this.#isReached) return
    this.#isReached = false
    this.#house.log.error({ broker: this.#broker.name, error }, 'The broker takes no events; they wait for it.')
  }

  async #drop(): Promise<void> {
    const link = this.#link
    this.#link = undefined
    await link?.close()
  }
}

interface Sent {
  /** Ids of what the broker has. */
  readonly confirmed: ReadonlySet<string>
  readonly failure: unknown
}

/**
 * Sends messages in waves that hold at most one of each row, and stops at the first wave that was not confirmed whole:
 * a later event of a row is sent only when the broker has the one before, so that even where some are sent again, the
 * first time each comes is in order.
 */
export async function sendInOrder(link: Link, messages: readonly Message[]): Promise<Sent> {
  const confirmed = new Set<string>()
  let left = messages
  while (left.length > 0) {
    const { wave, rest } = nextWave(left)
    const outcomes = await Promise.allSettled(wave.map((message) => link.send(message)))
    wave.forEach(({ id }, at) => void (outcomes[at]?.status === 'fulfilled' && confirmed.add(id)))
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) return { confirmed, failure: failed.reason }
    left = rest
  }
  return { confirmed, failure: undefined }
}

function nextWave(messages: readonly Message[]): { wave: Message[]; rest: Message[] } {
  const keys = new Set<string>()
  const wave: Message[] = []
  const rest: Message[] = []
  for (const message of messages) {
    if (keys.has(message.key)) rest.push(message)
    else wave.push(message)
    keys.add(message.key)
  }
  return { wave, rest }
}
