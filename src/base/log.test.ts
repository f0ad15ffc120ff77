import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { ownedClock } from './clock.ts'
import { createLog, type Fields, type LogOptions } from './log.ts'

const clock = ownedClock('2026-01-01T00:00:00.000Z')

function written(write: (log: ReturnType<typeof createLog>) => void, options: Partial<LogOptions> = {}): string[] {
  const lines: string[] = []
  write(createLog({ level: 'debug', clock, write: (line) => lines.push(line), ...options }))
  return lines
}

/** The one line of these fields, as it was written and as it reads. */
function line(fields: Fields, message = 'hello'): { text: string; read: Record<string, unknown> } {
  const [text = '', ...more] = written((log) => log.info(fields, message))
  assert.equal(more.length, 0)
  return { text, read: JSON.parse(text) }
}

test('a line tells time, level, fields and message', () => {
  const [text] = written((log) => log.warn({ path: '/orders', status: 200 }, 'answered'), { name: 'worker' })
  const expected = {
    level: 'warn',
    time: '2026-01-01T00:00:00.000Z',
    name: 'worker',
    path: '/orders',
    status: 200,
    message: 'answered',
  }
  assert.equal(text, `${JSON.stringify(expected)}\n`)
})

test('lines below the level are not written, and their fields are not even read', () => {
  const say = (log: ReturnType<typeof createLog>): void => {
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]({}, level)
  }
  const count = (level: LogOptions['level']): number => written(say, { level }).length
  assert.deepEqual((['debug', 'info', 'warn', 'error', 'silent'] as const).map(count), [4, 3, 2, 1, 0])
  const loud = {
    get path(): string {
      throw new Error('was read')
    },
  }
  assert.deepEqual(
    written((log) => log.debug(loud, 'x'), { level: 'info' }),
    [],
  )
})

test('secrets are masked at any depth, whatever case their name has', () => {
  const names = [
    'password',
    'newPassword',
    'PASSWORD_HASH',
    'pass-word',
    'token',
    'accessToken',
    'refresh_token',
    'id_token',
    'Authorization',
    'cookie',
    'Set-Cookie',
    'secret',
    'clientSecret',
    'PLINTH_SECRET',
    'apiKey',
    'x-api-key',
    'privateKey',
    'mfaToken',
    'otp',
    'proxy-authorization',
    'credentials',
    'Idempotency-Key',
    'pin',
    'jwt',
    'recoveryCodes',
  ]
  for (const name of names) {
    for (const value of ['c4n4ry', 42_4242, { deep: 'c4n4ry' }, ['c4n4ry'], new Error('c4n4ry')]) {
      const { text } = line({ [name]: value, list: [{ a: { b: { [name]: value } } }] })
      assert.ok(!text.includes('c4n4ry') && !text.includes('424242'), text)
      assert.equal(text.split('[masked]').length, 3, name)
    }
  }
  // Negative control: under another name the value is there.
  assert.ok(
    line({ note: 'c4n4ry', author: 'c4n4ry', keyboard: 1, pinned: true, notPermitted: 'yes' }).text.includes('c4n4ry'),
  )
  assert.deepEqual(line({ password: undefined, token: null, tokenType: 'Bearer' }).read['token'], null)
})

test('credentials of a URL are masked inside any text', () => {
  const url = 'postgres://shop:c4n4ry@db:5432/shop'
  const error = new Error(`cannot reach ${url}`, { cause: new Error(url) })
  const { text } = line({ url, error, parsed: new URL(url), list: [url] }, `no answer from ${url}`)
  assert.ok(!text.includes('c4n4ry') && text.includes('@db:5432/shop'), text)
  assert.ok(line({ url: 'https://example.com/@name?at=a@b' }).text.includes('https://example.com/@name?at=a@b'))
})

test('nothing a caller sends can break, forge or recolour a line', () => {
  const hostile = [
    '\r\n{"level":"error"}',
    '\n',
    '\r',
    '\u001b[31m',
    '\u009b31m',
    '\u0085',
    '\u2028',
    '\u2029',
    '\u202e',
    '\u2066',
    '\0',
    '\x7f',
    '\ud800',
    '"}',
    '\b',
  ]
  for (const attack of hostile) {
    const { text, read } = line({ [attack]: attack, error: new Error(attack), deep: { list: [attack] } }, attack)
    assert.equal(text.indexOf('\n'), text.length - 1)
    assert.doesNotMatch(text.slice(0, -1), /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
    assert.equal(read['message'], attack)
    // Negative control: the attack is one of those, or JSON's own marks.
    assert.match(attack, /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069"]/u)
  }
})

test('fields cannot forge what the log says itself', () => {
  const { text, read } = line({ level: 'error', time: 'yesterday', message: 'forged', __proto__: { admin: 1 } })
  assert.deepEqual([read['level'], read['time'], read['message']], ['info', '2026-01-01T00:00:00.000Z', 'hello'])
  assert.equal(text.split('"level"').length, 2)
})

test('an error is written with name, message, stack, code and cause, and nothing else of it', () => {
  const cause = Object.assign(new TypeError('the wire is cut'), { code: 'ECONNRESET', request: { body: 'c4n4ry' } })
  const { text, read } = line({ error: new Error('not sent', { cause }) })
  const error = read['error'] as Record<string, unknown> // the shape is what the next lines check
  assert.deepEqual(Object.keys(error), ['name', 'message', 'stack', 'cause'])
  assert.match(String(error['stack']), /log\.test\.ts/)
  assert.deepEqual(Object.keys(error['cause'] ?? {}), ['name', 'message', 'code', 'stack'])
  assert.ok(text.includes('ECONNRESET') && !text.includes('c4n4ry'))
  assert.ok(line({ error: new AggregateError([new Error('one of many')]) }).text.includes('one of many'))
})

test('a line is bounded, and circles end', () => {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  const error = new Error('round')
  error.cause = error
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n]))
  for (const value of [
    circle,
    error,
    wide,
    'x'.repeat(10_000_000),
    Array(1_000_000).fill(1),
    Buffer.alloc(10_000_000),
    new Map([[1, 2]]),
  ]) {
    assert.ok(line({ value }).text.length < 64 * 1024)
  }
})

test('values of every kind are written, and one that throws does not stop the line', () => {
  const odd = {
    big: 2n ** 70n,
    when: new Date(0),
    never: new Date(Number.NaN),
    nan: Number.NaN,
    sign: Symbol('s'),
    run: () => 1,
    un: undefined,
  }
  assert.deepEqual(line(odd).read, {
    level: 'info',
    time: '2026-01-01T00:00:00.000Z',
    big: '1180591620717411303424',
    when: '1970-01-01T00:00:00.000Z',
    never: 'invalid date',
    nan: null,
    sign: 'Symbol(s)',
    message: 'hello',
  })
  const trap = {
    before: 1,
    get bad(): string {
      throw new Error('a trap')
    },
  }
  const { read } = line({ before: 1, trap })
  assert.match(String(read['unreadable']), /a trap/)
  assert.equal(
    line({
      toJSON: () => {
        throw new Error('x')
      },
      value: { toJSON: () => 'c4n4ry' },
    }).text.includes('c4n4ry'),
    false,
  )
})

test('any fields at all give one readable line', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.anything({ maxDepth: 2 }), { maxKeys: 5 }),
      fc.string({ unit: 'binary' }),
      (fields, message) => {
        const { text } = line(fields, message)
        assert.equal(text.split('\n').length, 2)
      },
    ),
  )
})

test('what was logged before the process ends is written', () => {
  const program = `
    import { createLog } from '${new URL('./log.ts', import.meta.url).href}'
    const log = createLog({ level: 'info' })
    for (let n = 0; n < 1000; n++) log.info({ n }, 'line')
    END`
  const run = (end: string): number => {
    const args = ['--conditions=source', '--input-type=module-typescript', '--eval', program.replace('END', end)]
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    return stdout.split('\n').length - 1
  }
  const late =
    'process.on("beforeExit", () => { if (!globalThis.late) { globalThis.late = true; log.info({}, "late") } })'
  assert.equal(run(late), 1_001)
  for (const end of ['', 'process.exit(3)', 'throw new Error("x")', 'log.flush(); process.reallyExit(70)'])
    assert.equal(run(end), 1_000, end)
  // Negative control: an end without exit handlers and without flush loses lines.
  assert.ok(run('process.reallyExit(70)') < 1_000)
})
