// A real mail server for tests, with a wire between that writes down every byte the client says.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** A mail as the server got it. */
export interface Received {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: Buffer
  readonly parsed: Email
}

export interface TestSmtp {
  readonly url: (login?: string) => string
  readonly received: Received[]
  /** All that clients said, each connection on its own. */
  readonly said: () => readonly string[]
  /** Cuts the connections there are; new ones are taken. */
  readonly hangUp: () => void
  readonly stop: () => Promise<void>
}

/** Starts a server on this machine; stop it. */
export async function startSmtp(options: SMTPServerOptions = {}): Promise<TestSmtp> {
  const received: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const receive = async (): Promise<void> => {
        const raw = await buffer(stream)
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom === false ? '' : (mailFrom?.address ?? '')
        received.push({ from, to: rcptTo.map(({ address }) => address), raw, parsed: await PostalMime.parse(raw) })
        done()
      }
      void receive()
    },
    ...options,
  })
  server.on('error', () => {
    // A client that hangs up in the middle is what some tests do; the client's side is judged.
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const wire = await startWire(portOf(server.server))
  return {
    received,
    said: wire.said,
    url: (login = '') => `smtp://${login}127.0.0.1:${wire.port}`,
    hangUp: wire.hangUp,
    stop: async () => {
      await wire.stop()
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
}

async function startWire(to: number) {
  const talks: Buffer[][] = []
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: to, host: '127.0.0.1', noDelay: true })
    const talk: Buffer[] = []
    talks.push(talk)
    client.on('data', (chunk: Buffer) => talk.push(chunk))
    for (const [from, into] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(from)
      from.on('error', () => into.destroy())
      from.pipe(into)
    } // prettier-ignore
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: portOf(server),
    said: () => talks.map((talk) => Buffer.concat(talk).toString('latin1')),
    hangUp,
    stop: async () => {
      hangUp()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The commands of a conversation, without what lies between DATA and its end. */
export function commandsOf(talk: string): string[] {
  const commands: string[] = []
  let inData = false
  for (const line of talk.split('\r\n')) {
    if (inData) inData = line !== '.'
    else if (line !== '') {
      commands.push(line)
      inData = line === 'DATA'
    }
  }
  return commands
}

const portOf = (server: Server): number => {
  // Listening on an address of this machine, so the address is an object.
  return (server.address() as AddressInfo).port
}
