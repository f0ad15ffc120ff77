// Forty requests made to hurt: each gets its 4xx, holds the loop no longer than 50 ms, and leaves the process whole.
import assert from 'node:assert/strict'
import test, { after, before, describe } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { DoorRequest, Route } from './route.ts'
import { json, openDoor, speak, type TestDoor } from './test_door.ts'

/** No body up to 1 MiB may hold the loop longer than this. */
const LONGEST_MS = 50
const MIB = 1024 * 1024

type Body = string | Uint8Array

const keys = (count: number, key: (index: number) => string): string =>
  `{${Array.from({ length: count }, (_none, index) => `"${key(index)}":1`).join(',')}}`
const fill = (piece: string, bytes = MIB - 64): string => piece.repeat(Math.floor(bytes / piece.length))

const bodies: [string, Body, number][] = [
  ['arrays, 10^5 deep', '['.repeat(100_000), 400],
  ['arrays, 10^6 deep', '['.repeat(1_000_000), 400],
  ['arrays, 10^5 deep and closed', '['.repeat(100_000) + ']'.repeat(100_000), 400],
  ['objects, 10^5 deep', '{"a":'.repeat(100_000), 400],
  ['objects and arrays by turns', '[{"a":'.repeat(100_000), 400],
  ['closing brackets alone', ']'.repeat(MIB - 64), 400],
  ['one level too deep', '['.repeat(33) + ']'.repeat(33), 400],
  ['90,000 keys', keys(90_000, (index) => `k${index}`), 400],
  ['1,001 keys', keys(1_001, (index) => `k${index}`), 400],
  ['10^5 times the same key', keys(100_000, () => 'a'), 400],
  ['one key twice after 999 others', keys(999, (index) => `k${index}`).replace(/\}$/, ',"k0":1}'), 400],
  ['keys that end alike', keys(900, (index) => `${index}${'x'.repeat(1_000)}`), 201],
  ['keys of integers', keys(1_000, (index) => String(index * 7)), 201],
  ['10^5 empty objects', `[${fill('{},', 299_990)}{}]`, 400],
  ['350,000 empty arrays', `[${fill('[],')}[]]`, 400],
  ['500,000 zeros', `[${fill('0,')}0]`, 400],
  ['many objects with many keys', `[${fill(`${keys(500, (index) => `k${index}`)},`)}{}]`, 400],
  ['a string of escapes', `"${fill('\\u0041')}"`, 201],
  ['a key of escapes', `{"${fill('\\u0041')}":1}`, 201],
  ['half an escape', `"${fill('\\u0041')}\\u00`, 400],
  ['a string without end', `"${fill('a')}`, 400],
  ['backslashes', `"${fill('\\\\')}"`, 201],
  ['an odd number of backslashes', `"${fill('\\\\')}\\"`, 400],
  ['a number of 10^6 digits', fill('9'), 201],
  ['a fraction of 10^6 digits', `0.${fill('1')}`, 201],
  ['an exponent of 10^6 digits', `1e${fill('9')}`, 201],
  ['blanks', fill(' '), 400],
  ['line feeds before a value', `${fill('\n')}1`, 201],
  ['__proto__', '{"__proto__":{"admin":true}}', 400],
  ['__proto__ in escapes', '{"\\u005f\\u005fproto\\u005f\\u005f":1}', 400],
  ['__proto__ far inside', `[${fill('{"a":1},', 100_000)}{"__proto__":1}]`, 400],
  ['constructor and prototype', '{"constructor":{"prototype":{"admin":true}}}', 201],
  [
    'a byte that is no UTF-8, at the end',
    Buffer.concat([Buffer.from(`"${fill('a')}`), Buffer.from([0xff, 0x22])]),
    400,
  ],
  ['nulls', new Uint8Array(MIB - 64), 400],
  ['the longest UTF-8', `"${fill('\u{1F600}', MIB / 2 - 64)}"`, 201],
]

const others: [string, Body, number][] = [
  ['a gzip of 1000:1', post(gzipSync(Buffer.alloc(20 * MIB)), 'Content-Encoding: gzip\r\n'), 415],
  ['10^5 parts of a form', post(fill('--x\r\n\r\n\r\n'), '', 'multipart/form-data; boundary=x'), 415],
  ['10^4 query parameters', get(`/a?${fill('a=1&', 40_000)}`), 431],
  ['8 KiB of brackets', get(`/a?${fill('a[b][c]=1&', 8_100)}`), 200],
  ['headers called __proto__', get('/a', fill('__proto__: 1\r\n', 1_200)), 200],
  ['a body one byte over 1 MiB', post(`"${'a'.repeat(MIB - 1)}"`), 413],
  ['10^5 commas in Accept', get('/a', `Accept: ${fill('a/b;q=0.1,', 15_000)}\r\n`), 406],
]

function post(body: Body, headers = '', type = 'application/json'): Uint8Array {
  const bytes = Buffer.from(body)
  const own = `Content-Type: ${type}\r\n${headers}Content-Length: ${bytes.length}\r\n`
  return Buffer.concat([Buffer.from(`POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${own}\r\n`), bytes])
}

function get(target: string, headers = ''): string {
  return `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`
}

/** Milliseconds that this thread has worked; what others do with the machine meanwhile does not count. */
function workedMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** The longest that the loop worked without a turn while `work` ran. */
async function longestHold(work: () => Promise<void>): Promise<number> {
  let last = workedMs()
  let longest = 0
  const look = (): void => {
    longest = Math.max(longest, workedMs() - last)
    last = workedMs()
  }
  const ticker = setInterval(look, 1)
  await work()
  await sleep(2)
  clearInterval(ticker)
  look()
  return longest
}

/** The best of three: a pause of the machine is not the bomb's doing, and does not come three times. */
async function bestHold(work: () => Promise<void>): Promise<number> {
  let best = Infinity
  for (let round = 0; round < 3 && best > LONGEST_MS; round += 1) best = Math.min(best, await longestHold(work))
  return best
}

/** The least of five, where two are compared. */
async function leastHold(work: () => Promise<void>): Promise<number> {
  let least = Infinity
  for (let round = 0; round < 5; round += 1) least = Math.min(least, await longestHold(work))
  return least
}

describe('bombs', () => {
  const handle = ({ body }: DoorRequest) => json({ kind: typeof body }, 201)
  const routes: readonly Route[] = [
    { method: 'POST', path: '/a', name: 'a.create', consumes: ['application/json'], handle },
    { method: 'GET', path: '/a', name: 'a.list', handle: () => json({}) },
  ]
  let open: TestDoor & { readonly port: number }
  before(async () => {
    open = await openDoor({ routes })
  })
  after(() => open.door.close())

  const all: [string, Body, number][] = [
    ...bodies.map(([title, body, status]): [string, Body, number] => [title, post(body), status]),
    ...others,
  ]

  for (const [title, bytes, status] of all) {
    test(`${title}: ${status}, and the loop turns on`, async () => {
      const hold = await bestHold(async () => {
        const answer = await speak(open.port, bytes, 2_000)
        assert.equal(answer.status, status, answer.all.slice(0, 400))
      })

      assert.ok(hold <= LONGEST_MS, `the loop was held ${hold} ms`)
    })
  }

  test('afterwards objects are as they were and the next request is served', async () => {
    const answer = await speak(open.port, get('/a'))

    assert.equal(answer.status, 200)
    assert.equal('admin' in {}, false)
    assert.deepEqual(Object.keys(Object.prototype), [])
  })

  test('control: a parser without the scan holds the loop longer', async () => {
    const many = `[${Array.from({ length: 90_000 }, (_none, index) => `{"${index.toString(36)}":1}`).join(',')}]`
    const bytes = post(many)

    const guarded = await leastHold(async () => {
      assert.equal((await speak(open.port, bytes, 2_000)).status, 400)
    })
    const bare = await leastHold(async () => {
      await sleep(1)
      JSON.parse(many)
    })

    assert.ok(bare > guarded, `JSON.parse took ${bare} ms, the door ${guarded} ms`)
  })

  test('control: a loop that is held is seen', async () => {
    const hold = await bestHold(async () => {
      await sleep(1)
      const end = workedMs() + LONGEST_MS + 10
      while (workedMs() < end);
    })

    assert.ok(hold > LONGEST_MS, `only ${hold} ms were seen`)
  })
})
