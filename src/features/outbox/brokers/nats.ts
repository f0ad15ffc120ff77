// Events to NATS JetStream: each acknowledged by the stream, which drops what it has by the event's id.
import type * as jetstreams from '@nats-io/jetstream'
import type * as transport from '@nats-io/transport-node'
import { type Broker, type Link, type Patience, within } from './broker.ts'

export interface NatsOptions {
  /** `nats://name:password@host:4222`, or `tls://`; a name without a password is a token. */
  readonly url: string
  /** The app: it names the subjects, `<app>.events.<event>`, and the stream where none has them yet. */
  readonly app: string
  readonly patience: Patience
}

interface Packages {
  readonly connect: typeof transport.connect
  readonly headers: typeof transport.headers
  readonly jetstream: typeof jetstreams.jetstream
  readonly jetstreamManager: typeof jetstreams.jetstreamManager
}

/** How long the stream remembers ids: longer than an outage that lost an acknowledgement, as a rule. */
const REMEMBERED_MS = 600_000
const NANOSECONDS = 1_000_000
const CONTENT_TYPE = 'application/cloudevents+json'

/** Loads the packages. Fails with TypeError, in one line, where they are not installed or the address is none. */
export async function natsBroker(options: NatsOptions): Promise<Broker> {
  if (!URL.canParse(options.url) || !/^(nats|tls):$/.test(new URL(options.url).protocol))
    throw new TypeError('NATS_URL is not an address such as nats://name:password@host:4222')
  const packages = await load()
  return { name: 'nats', open: () => open(packages, options) }
}

async function load(): Promise<Packages> {
  try {
    const [{ connect, headers }, { jetstream, jetstreamManager }] = await Promise.all([
      import('@nats-io/transport-node'),
      import('@nats-io/jetstream'),
    ])
    return { connect, headers, jetstream, jetstreamManager }
  } catch (cause) {
    const install = 'npm install @nats-io/transport-node @nats-io/jetstream'
    throw new TypeError(`NATS_URL is set, which needs two packages: ${install}`, { cause })
  }
}

/** The subject of an app's event. */
export const subjectOf = (app: string, event: string): string => `${app}.events.${event}`
/** The stream that is made where none has the subjects. */
export const streamOf = (app: string): string => `${app}_events`

async function open(packages: Packages, { url, app, patience }: NatsOptions): Promise<Link> {
  const { connectMs: timeout, confirmMs } = patience
  // The relay connects again by itself: a message that waits in a client's own queue would be neither lost nor sent.
  const connection = await packages.connect({ ...addressOf(url), timeout, reconnect: false, name: app })
  const close = (): Promise<void> => within(confirmMs, 'closing', connection.close()).catch(() => {})
  try {
    await haveStream(await packages.jetstreamManager(connection, { timeout }), app)
    const stream = packages.jetstream(connection, { timeout: confirmMs })
    return {
      close,
      send: async ({ id, event, body }) => {
        const headers = packages.headers()
        headers.set('Content-Type', CONTENT_TYPE)
        await stream.publish(subjectOf(app, event), body, { msgID: id, timeout: confirmMs, headers })
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

// The client takes names and passwords beside the address, not in it.
function addressOf(url: string): transport.NodeConnectionOptions {
  const { protocol, host, username, password } = new URL(url)
  const user = decodeURIComponent(username)
  const pass = decodeURIComponent(password)
  return {
    servers: host,
    ...(protocol === 'tls:' && { tls: {} }),
    ...(user !== '' && (pass === '' ? { token: user } : { user, pass })),
  }
}

// Whoever runs the broker may have made a stream that fits their needs; it is left as it is.
async function haveStream({ streams }: jetstreams.JetStreamManager, app: string): Promise<void> {
  const all = subjectOf(app, '>')
  if ((await streams.names(all).next()).length > 0) return
  await streams.add({ name: streamOf(app), subjects: [all], duplicate_window: REMEMBERED_MS * NANOSECONDS })
}
