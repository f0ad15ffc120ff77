// Compressed answers: which are, with which coding, and that their tags and lengths stay true.
import assert from 'node:assert/strict'
import test from 'node:test'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { heldTag, stripEncoding, tagEncoded } from './compress.ts'
import type { Route } from './route.ts'
import { json, testDoor } from './test_door.ts'

const decoders = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync }

test('a long text is sent in the coding asked for, with a tag of its own', async () => {
  const { door } = testDoor()
  const plain = await door.inject({ method: 'GET', url: '/long' })

  for (const [encoding, decode] of Object.entries(decoders)) {
    const answer = await door.inject({ method: 'GET', url: '/long', headers: { 'accept-encoding': encoding } })

    assert.equal(answer.headers['content-encoding'], encoding)
    assert.equal(answer.headers['content-length'], String(answer.bytes.length))
    assert.equal(answer.headers['etag'], `"7-${encoding}"`)
    assert.equal(answer.headers['vary'], 'Accept-Encoding')
    assert.equal(decode(answer.bytes).toString(), plain.text)
  }
})

test('the same text sent plain says that it could have been another', async () => {
  const { door } = testDoor()

  const answer = await door.inject({ method: 'GET', url: '/long' })

  assert.equal(answer.headers['content-encoding'], undefined)
  assert.equal(answer.headers['vary'], 'Accept-Encoding')
  assert.equal(answer.headers['etag'], '"7"')
})

test('HEAD of a compressed answer has the headers of its GET', async () => {
  const { door } = testDoor()
  const headers = { 'accept-encoding': 'br', 'x-request-id': 'r' }

  const get = await door.inject({ method: 'GET', url: '/long', headers })
  const head = await door.inject({ method: 'HEAD', url: '/long', headers })

  const { date: _one, ...getHeaders } = get.headers
  const { date: _two, ...headHeaders } = head.headers
  assert.deepEqual(headHeaders, getHeaders)
  assert.equal(head.bytes.length, 0)
})

test('short answers, images and what is encoded already go out as they are', async () => {
  const bytes = new Uint8Array(5_000)
  const text = 'a'.repeat(5_000)
  const routes: Route[] = [
    { method: 'GET', path: '/short', name: 'short', handle: () => json({ text: 'a'.repeat(900) }) },
    {
      method: 'GET',
      path: '/image',
      name: 'image',
      produces: ['image/png'],
      handle: () => ({ status: 200, headers: {}, body: bytes, type: 'image/png' }),
    },
    {
      method: 'GET',
      path: '/done',
      name: 'done',
      handle: () => ({ status: 200, headers: { 'Content-Encoding': 'br' }, body: text, type: 'application/json' }),
    },
  ]
  const { door } = testDoor({ routes })
  const expected = { '/short': undefined, '/image': undefined, '/done': 'br' }

  for (const [url, encoding] of Object.entries(expected)) {
    const answer = await door.inject({ method: 'GET', url, headers: { 'accept-encoding': 'br, gzip' } })

    assert.equal(answer.headers['content-encoding'], encoding, url)
    assert.equal(answer.headers['vary'], undefined, url)
  }
})

test('a tag taken from a compressed answer still names the row', () => {
  assert.equal(tagEncoded('"7"', 'br'), '"7-br"')
  assert.equal(tagEncoded('W/"7"', 'br'), 'W/"7"')
  for (const tag of ['"7-br"', '"7-zstd"', '"7-gzip"', '"7"']) assert.equal(stripEncoding(tag), '"7"')
  assert.equal(stripEncoding('"7-brx"'), '"7-brx"')
})

test('a 304 repeats the tag the caller holds', async () => {
  const unchanged: Route = {
    method: 'GET',
    path: '/a',
    name: 'a',
    handle: () => ({ status: 304, headers: { ETag: '"7"' }, body: undefined, type: '' }),
  }
  const { door } = testDoor({ routes: [unchanged] })

  const held = await door.inject({ method: 'GET', url: '/a', headers: { 'if-none-match': '"6", "7-br"' } })
  const plain = await door.inject({ method: 'GET', url: '/a', headers: { 'if-none-match': '"7"' } })

  assert.equal(held.headers['etag'], '"7-br"')
  assert.equal(held.headers['vary'], 'Accept-Encoding')
  assert.equal(plain.headers['etag'], '"7"')
  assert.equal(heldTag('"7"', '"8-br"'), '"7"')
})
