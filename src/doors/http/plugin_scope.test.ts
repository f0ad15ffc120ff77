// Custom routes: plain Fastify plugins that get the door's checks, headers, problems and log line without asking.
import assert from 'node:assert/strict'
import test from 'node:test'
import type { FastifyPluginAsync } from 'fastify'
import { Problem } from '../../base/pure/problem.ts'
import { headerOf, openDoor, speak, testDoor } from './test_door.ts'

const plugin: FastifyPluginAsync = async (app) => {
  app.get('/plain', async () => ({ ok: true }))
  app.get('/own', async (_request, reply) => reply.header('cache-control', 'public').send('text'))
  app.get('/sold', async () => {
    throw new Problem('gone', 'Sold out.')
  })
  app.get('/boom', async () => {
    throw new Error('the secret cause')
  })
  app.post('/echo', (request, reply) => reply.send({ body: request.body ?? null }))
  app.get('/wait', { handlerTimeout: 30 }, () => new Promise(() => undefined))
}
const plugins = [{ prefix: '/custom', plugin }]

test('a custom route answers with the headers of every answer, and its own win', async () => {
  const { door } = testDoor({ plugins })

  const plain = await door.inject({ method: 'GET', url: '/custom/plain', headers: { 'x-request-id': 'r1' } })
  const own = await door.inject({ method: 'GET', url: '/custom/own' })

  assert.deepEqual(plain.json(), { ok: true })
  assert.equal(plain.headers['x-request-id'], 'r1')
  assert.equal(plain.headers['x-frame-options'], 'DENY')
  assert.equal(plain.headers['cache-control'], 'no-store')
  assert.equal(own.headers['cache-control'], 'public')
})

test('what fails in a custom route is a problem like any other', async () => {
  const { door, lines } = testDoor({ plugins })
  const cases: [string, number, string][] = [
    ['/custom/sold', 410, 'gone'],
    ['/custom/boom', 500, 'internal'],
    ['/custom/nothing', 404, 'not_found'],
    ['/custom/wait', 503, 'unavailable'],
  ]

  for (const [url, status, code] of cases) {
    lines.length = 0
    const answer = await door.inject({ method: 'GET', url })

    assert.equal(answer.status, status, url)
    assert.equal(answer.headers['content-type'], 'application/problem+json', url)
    assert.match(answer.text, new RegExp(`"code":"${code}"`))
    assert.doesNotMatch(answer.text, /secret/)
    assert.deepEqual(
      lines.map(({ fields }) => fields['status']),
      [status],
      url,
    )
  }
})

test('bodies of custom routes pass the same reader', async () => {
  const { door } = testDoor({ plugins, limits: { bodyBytes: 100 } })
  const send = (body: string, type = 'application/json') =>
    door.inject({ method: 'POST', url: '/custom/echo', headers: { 'content-type': type }, body })

  assert.deepEqual((await send('{"a":1}')).json(), { body: { a: 1 } })
  assert.equal((await send('{"a":1,"a":2}')).status, 400)
  assert.equal((await send('<a/>', 'text/xml')).status, 415)
  assert.equal((await send(`"${'x'.repeat(100)}"`)).status, 413)
})

test('the head is checked for custom routes too', async () => {
  const { door, port } = await openDoor({ plugins })

  const twoHosts = await speak(port, 'GET /custom/plain HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n')
  const fine = await speak(port, 'GET /custom/plain HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')

  assert.equal(twoHosts.status, 400)
  assert.equal(headerOf(twoHosts.head, 'Content-Type'), 'application/problem+json')
  assert.equal(fine.status, 200)
  await door.close()
})

test('a schema that nobody would check refuses the start', async () => {
  const schema = { body: { type: 'object' } }
  const careless: FastifyPluginAsync = async (app) => {
    app.post('/a', { schema }, async () => ({}))
  }
  const { door } = testDoor({ plugins: [{ prefix: '/custom', plugin: careless }] })

  await assert.rejects(door.inject({ method: 'GET', url: '/health' }), /sets no validator compiler/)
  await door.close()
})

test('what a plugin adds stays with it, and its end is waited for', async () => {
  const ended: string[] = []
  const closing: FastifyPluginAsync = async (app) => {
    app.addHook('onSend', async (_request, reply) => {
      reply.header('x-plugin', '1')
    })
    app.addHook('onClose', async () => {
      ended.push('closed')
    })
    app.get('/a', async () => ({}))
  }
  const { door } = testDoor({ plugins: [{ prefix: '/custom', plugin: closing }] })

  assert.equal((await door.inject({ method: 'GET', url: '/custom/a' })).headers['x-plugin'], '1')
  assert.equal((await door.inject({ method: 'GET', url: '/items' })).headers['x-plugin'], undefined)
  await door.close()
  assert.deepEqual(ended, ['closed'])
})
