// Events to RabbitMQ: a durable topic exchange, persistent messages, and each confirmed before it counts as delivered.
import type * as amqplib from 'amqplib'
import { type Broker, type Link, type Message, type Patience, within } from './broker.ts'

/** What messages carry and where they go. */
export interface RabbitOptions {
  /** `amqp://name:password@host:5672/vhost`, or `amqps://`. */
  readonly url: string
  /** The app: it names the exchange, `<app>.events`. */
  readonly app: string
  readonly patience: Patience
}

const CONTENT_TYPE = 'application/cloudevents+json'

/** Loads the package. Fails with TypeError, in one line, where it is not installed or the address is none. */
export async function rabbitBroker(options: RabbitOptions): Promise<Broker> {
  if (!URL.canParse(options.url) || !/^amqps?:$/.test(new URL(options.url).protocol))
    throw new TypeError('AMQP_URL is not an address such as amqp://name:password@host:5672/vhost')
  const loaded = await load()
  return { name: 'rabbitmq', open: () => open(loaded, options) }
}

async function load(): Promise<typeof amqplib> {
  try {
    return await import('amqplib')
  } catch (cause) {
    throw new TypeError('AMQP_URL is set, which needs the package "amqplib": npm install amqplib', { cause })
  }
}

/** The name of the exchange of an app's events. */
export const exchangeOf = (app: string): string => `${app}.events`

async function open({ connect }: typeof amqplib, { url, app, patience }: RabbitOptions): Promise<Link> {
  const { connectMs, confirmMs } = patience
  const connection = await connect(url, { timeout: connectMs, noDelay: true })
  // Without a listener an error ends the process; whatever it is about, the confirmation fails or is late too.
  connection.on('error', () => {})
  const close = (): Promise<void> => within(confirmMs, 'closing', connection.close()).catch(() => {})
  try {
    const exchange = exchangeOf(app)
    const channel = await within(connectMs, 'opening a channel', connection.createConfirmChannel())
    channel.on('error', () => {})
    await within(connectMs, 'the exchange', channel.assertExchange(exchange, 'topic', { durable: true }))
    return { send: (message) => within(confirmMs, 'the confirmation', send(channel, exchange, app, message)), close }
  } catch (error) {
    await close()
    throw error
  }
}

function send(channel: amqplib.ConfirmChannel, exchange: string, app: string, message: Message): Promise<void> {
  const { id, event, key, position, at, body } = message
  const properties = {
    persistent: true,
    messageId: id,
    type: event,
    appId: app,
    contentType: CONTENT_TYPE,
    timestamp: Math.floor(at.getTime() / 1_000),
    headers: { 'x-plinth-row': key, 'x-plinth-position': position },
  }
  return new Promise((resolve, reject) => {
    channel.publish(exchange, event, Buffer.from(body), properties, (error: unknown) => {
      if (error === null || error === undefined) resolve()
      else reject(error instanceof Error ? error : new Error('RabbitMQ refused the message'))
    })
  })
}
