// A TCP proxy in front of PostgreSQL whose cable tests can cut, hold, or watch.
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'

export interface Proxy {
  readonly url: string
  /** Bytes from clients, one entry per packet that arrived. */
  readonly sent: Buffer[]
  /**
   * `hold` takes bytes and passes nothing on, as a dead route does; `cut` refuses and closes; `full` refuses new
   * connections and serves those that are there, as a server does that has as many as it allows.
   */
  mode: 'pass' | 'hold' | 'cut' | 'full'
  /** Decides, per packet from a client, whether the cable is cut instead of passing it on. */
  cutWhen: (packet: Buffer) => boolean
  cutAll(): void
  close(): void
}

/** Listens on a free port and forwards to the server of that address. */
export async function startProxy(url: string): Promise<Proxy> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    if (proxy.mode === 'cut' || proxy.mode === 'full') {
      client.destroy()
      return
    }
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (packet: Buffer) => {
      proxy.sent.push(packet)
      if (proxy.cutWhen(packet)) client.destroy()
      else if (passes()) upstream.write(packet)
    })
    upstream.on('data', (packet) => {
      if (passes()) client.write(packet)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port) // a TCP server's address is never a path
  const passes = (): boolean => proxy.mode === 'pass' || proxy.mode === 'full'
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const proxy: Proxy = {
    url: through.href,
    sent: [],
    mode: 'pass',
    cutWhen: () => false,
    cutAll,
    close: () => {
      server.close()
      cutAll()
    },
  }
  return proxy
}
