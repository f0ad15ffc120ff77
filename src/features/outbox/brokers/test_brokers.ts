// The real brokers for tests: where they answer, what a receiver gets from them, and nothing of it left afterwards.
import { env, pid } from 'node:process'
import { connect as connectRabbit } from 'amqplib'
import { jetstreamManager, jetstream } from '@nats-io/jetstream'
import { connect as connectNats } from '@nats-io/transport-node'
import { type Broker, type Patience, within } from './broker.ts'
import { natsBroker, streamOf, subjectOf } from './nats.ts'
import { exchangeOf, rabbitBroker } from './rabbitmq.ts'

/** A message as a receiver sees it. */
export interface Received {
  readonly id: string
  readonly subject: string
  readonly body: Readonly<Record<string, unknown>>
  /** When it came, in milliseconds since 1970. */
  readonly ms: number
}

/** One app's events at a broker of this machine. */
export interface TestBroker {
  readonly url: string
  readonly app: string
  readonly received: Received[]
  /** The broker at an address, such as that of a proxy in front of it. */
  at(url: string, patience?: Partial<Patience>): Promise<Broker>
  drop(): Promise<void>
}

export interface NoBroker {
  readonly skip: string
}

const patience = { connectMs: 1_000, confirmMs: 400 }
const ANSWER_MS = 2_000

const names = (function* counter() {
  for (let n = 1; ; n += 1) yield `plinth-test-${pid}-${n}`
})()

/** Each broker by its name. */
export const brokers: Readonly<Record<string, () => Promise<TestBroker | NoBroker>>> = {
  RabbitMQ: rabbitForTests,
  'NATS JetStream': natsForTests,
}

async function rabbitForTests(): Promise<TestBroker | NoBroker> {
  const url = env['PLINTH_TEST_AMQP'] ?? 'amqp://guest:guest@127.0.0.1:5672'
  const connection = await within(ANSWER_MS, 'RabbitMQ', connectRabbit(url)).catch(() => undefined)
  if (connection === undefined) return { skip: `no RabbitMQ answers at ${new URL(url).host}` }
  const app = names.next().value
  const received: Received[] = []
  const channel = await connection.createChannel()
  await channel.assertExchange(exchangeOf(app), 'topic', { durable: true })
  const { queue } = await channel.assertQueue('', { exclusive: true })
  await channel.bindQueue(queue, exchangeOf(app), '#')
  await channel.consume(queue, (message) => {
    if (message === null) return
    const { messageId } = message.properties as { readonly messageId: string } // as the broker under test sends it
    received.push({
      id: messageId,
      subject: message.fields.routingKey,
      body: JSON.parse(message.content.toString()),
      ms: Date.now(),
    })
    channel.ack(message)
  })
  return {
    url,
    app,
    received,
    at: (through, more) => rabbitBroker({ url: through, app, patience: { ...patience, ...more } }),
    drop: async () => {
      await channel.deleteExchange(exchangeOf(app))
      await connection.close()
    },
  }
}

async function natsForTests(): Promise<TestBroker | NoBroker> {
  const url = env['PLINTH_TEST_NATS'] ?? 'nats://127.0.0.1:4222'
  const { host } = new URL(url)
  const connection = await connectNats({ servers: host, timeout: ANSWER_MS }).catch(() => undefined)
  if (connection === undefined) return { skip: `no NATS answers at ${host}` }
  const app = names.next().value
  const received: Received[] = []
  const manager = await jetstreamManager(connection)
  await manager.streams.add({ name: streamOf(app), subjects: [subjectOf(app, '>')] })
  const consumer = await jetstream(connection).consumers.get(streamOf(app))
  const messages = await consumer.consume()
  const reading = (async () => {
    for await (const message of messages) {
      received.push({
        id: message.headers?.get('Nats-Msg-Id') ?? '',
        subject: message.subject.slice(`${app}.events.`.length),
        body: message.json(),
        ms: Date.now(),
      })
    }
  })()
  return {
    url,
    app,
    received,
    at: (through, more) => natsBroker({ url: through, app, patience: { ...patience, ...more } }),
    drop: async () => {
      await messages.close()
      await reading
      await manager.streams.delete(streamOf(app))
      await connection.close()
    },
  }
}
