// Services are asked within a time and a size, by TLS, and are not followed elsewhere.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createForeignFetch, Unreachable } from './foreign_fetch.ts'

const limits = { requestMs: 2_000, answerBytes: 1_000, loopback: true }

async function withServer(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('an answer within its size comes; one byte more does not, whatever its head says', async () => {
  await withServer(
    ({ url }, response) => response.end('a'.repeat(Number(url?.slice(1)))),
    async (url) => {
      const ask = createForeignFetch(limits)
      assert.equal((await (await ask(`${url}1000`, {})).text()).length, 1_000)
      await assert.rejects(ask(`${url}1001`, {}), /more than 1000 bytes/)
    },
  )
})

test('an answer that never comes, or never ends, is given up', async () => {
  const beginsOnly: RequestListener = ({ url }, response) => {
    if (url === '/begins') response.write('a')
  }
  await withServer(beginsOnly, async (url) => {
    const ask = createForeignFetch({ ...limits, requestMs: 100 })
    await assert.rejects(ask(`${url}never`, {}), Unreachable)
    await assert.rejects(ask(`${url}begins`, {}), Unreachable)
  })
})

test('a redirect is answered, and not followed', async () => {
  const seen: (string | undefined)[] = []
  const listener: RequestListener = ({ url }, response) => {
    seen.push(url)
    response.writeHead(302, { Location: '/inside' }).end()
  }
  await withServer(listener, async (url) => {
    const answer = await createForeignFetch(limits)(`${url}outside`, {})
    assert.deepEqual([answer.status, seen], [302, ['/outside']])
  })
})

test('what is not https is not asked, but on this machine where that is said', async () => {
  const strict = createForeignFetch({ ...limits, loopback: false })
  const kind = createForeignFetch(limits)
  const elsewhere = ['http://issuer.example/', 'http://127.0.0.1.evil.example/', 'http://localhost@evil.example/']
  for (const url of ['http://127.0.0.1:1/', ...elsewhere]) await assert.rejects(strict(url, {}), /not an https address/)
  for (const url of [...elsewhere, 'file:///etc/passwd', 'data:,a']) await assert.rejects(kind(url, {}), /not an https/)
  await assert.rejects(kind('http://127.0.0.1:1/', {}), Unreachable)
})
