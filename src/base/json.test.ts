import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readJson } from './json.ts'
import { faultOf } from './json_fault.ts'
import { Problem } from './pure/problem.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const read = (text: string): unknown => readJson(bytes(text))

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof Problem && error.code === 'malformed') return error.message
    throw error
  }
  return 'it was taken'
}

test('ordinary JSON is read as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      if (!text.includes('__proto__')) assert.deepEqual(read(text), JSON.parse(text))
    }),
  )
  assert.deepEqual(read(' {"a": [1, {"a": "\\u0061:,{[\\\\"}], "b": null}\r\n\t'), {
    a: [1, { a: 'a:,{[\\' }],
    b: null,
  })
  assert.equal(read('"a:b,{\\"[:"'), 'a:b,{"[:')
  assert.deepEqual(readJson(Buffer.from('xx{"a":1}xx').subarray(2, 9)), { a: 1 })
})

test('a key twice in one object is refused, however it is spelled', () => {
  const cases: Record<string, string> = {
    '{"a":1,"a":1}': '/a (byte 7)',
    '{"a":1,"\\u0061":2}': '/a (byte 7)',
    '{"\\u0041":1,"b":{},"A":2}': '/A (byte 19)',
    '{"x":[{},{"é":"ü","\\u00e9":2}]}': '/x/1/é (byte 20)',
    '{"":1,"":2}': '/ (byte 6)',
    '{"a/b":{"k":1,"k":{}}}': '/a~1b/k (byte 14)',
    '{"1":1,"1":1}': '/1 (byte 7)',
    '{"\\ud83d\\ude00":1,"😀":2}': '/😀 (byte 18)',
    '{"constructor":1,"constructor":2}': '/constructor (byte 17)',
  }
  for (const [text, where] of Object.entries(cases)) {
    assert.equal(
      refusal(() => read(text)),
      `The body has the same key twice at ${where}.`,
    )
    // Negative control: the parser alone takes the last one and says nothing.
    JSON.parse(text)
  }
  assert.deepEqual(read('{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}],"A":1}'), {
    a: { a: { a: 1 } },
    b: [{ a: 1 }, { a: 1 }],
    A: 1,
  })
})

test('a __proto__ key is refused, however it is spelled', () => {
  for (const key of ['__proto__', '\\u005f_proto__', '__pr\\u006fto__', '\\u005F\\u005Fproto\\u005f_']) {
    for (const text of [
      `{"${key}":1}`,
      `{"${key}":{"admin":true}}`,
      `[[{"a":{"${key}":null}}]]`,
      `{"a":1,"${key}":1}`,
    ]) {
      assert.match(
        refusal(() => read(text)),
        /has a key "__proto__" at \//,
        text,
      )
    }
  }
  assert.deepEqual(read('{"__proto":1,"proto":"__proto__","constructor":{"prototype":1}}'), {
    __proto: 1,
    proto: '__proto__',
    constructor: { prototype: 1 },
  })
  // Negative control: merged by assignment, what the parser alone accepts changes a prototype.
  const merged = Object.assign({}, JSON.parse('{"__proto__":{"admin":true}}'))
  assert.equal('admin' in merged || process.execArgv.includes('--disable-proto=delete'), true)
})

test('what is not UTF-8, or has a byte order mark, is refused', () => {
  const cases = [
    [0x22, 0xff, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22],
    [0x22, 0xe2, 0x82],
  ]
  for (const body of cases) {
    assert.equal(
      refusal(() => readJson(Uint8Array.from(body))),
      'The body is not valid UTF-8.',
    )
  }
  assert.match(
    refusal(() => read('\ufeff{}')),
    /byte order mark/,
  )
  assert.match(
    refusal(() => readJson(Buffer.from('{"a":1}', 'utf16le'))),
    /not valid JSON/,
  )
  // Negative control: decoding without the check replaces the byte silently.
  assert.equal(JSON.parse(Buffer.from(cases[0] ?? []).toString()), '\ufffd')
})

test('what is not JSON is refused with its place', () => {
  const cases: Record<string, number> = {
    '': 0,
    ' ': 1,
    '{"a":}': 5,
    '{"a" 1}': 5,
    '{a:1}': 1,
    "{'a':1}": 1,
    '[1,]': 3,
    '{"a":1,}': 7,
    '[1 2]': 3,
    '{"é":é}': 6,
    NaN: 0,
    undefined: 0,
    '01': 1,
    '+1': 0,
    '.5': 0,
    '1.': 1,
    '-': 0,
    '1e': 1,
    Infinity: 0,
    '"a': 2,
    '"\n"': 1,
    '"\\x41"': 1,
    '"\\u00g0"': 1,
    '"\\': 1,
    '[}': 1,
    '{]': 1,
    ']': 0,
    '{} {}': 3,
    '/**/1': 0,
    tru: 0,
    nulll: 4,
    '\u00a01': 0,
    '[': 1,
    '{"a"': 4,
    ':::': 0,
  }
  for (const [text, at] of Object.entries(cases)) {
    assert.equal(
      refusal(() => read(text)),
      `The body is not valid JSON (byte ${at}).`,
      JSON.stringify(text),
    )
  }
})

test('the search for a fault agrees with the parser on every bent text', () => {
  const bent = fc
    .tuple(fc.jsonValue({ maxDepth: 3 }), fc.nat(), fc.constantFrom(...Array.from('{}[]",:\\0-e.n u\n')))
    .map(([value, at, letter]) => {
      const text = JSON.stringify(value)
      const place = at % (text.length + 1)
      return text.slice(0, place) + letter + text.slice(place + 1)
    })
  let refused = 0
  fc.assert(
    fc.property(bent, (text) => {
      const fault = faultOf(text)
      if (fault?.what.includes('key')) return
      let parses = true
      try {
        JSON.parse(text)
      } catch {
        parses = false
        refused++
      }
      assert.equal(fault === undefined, parses, text)
    }),
    { numRuns: 3_000 },
  )
  // Negative control: the bending does bend.
  assert.ok(refused > 500, `${refused}`)
})

test('depth, keys and values end exactly at their limits', () => {
  const nest = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  const keys = (count: number): string => `{${Array.from({ length: count }, (_, n) => `"k${n}":{}`).join(',')}}`
  const values = (count: number): string => `[${'1,'.repeat(count - 1)}1]`
  read(nest(32))
  read(keys(1_000))
  read(values(99_999))
  read(`[${keys(1_000)},${keys(1_000)}]`)
  assert.match(
    refusal(() => read(nest(33))),
    /over 32 levels/,
  )
  assert.match(
    refusal(() => read(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`)),
    /over 32 levels/,
  )
  assert.match(
    refusal(() => read(keys(1_001))),
    /over 1000 keys/,
  )
  assert.match(
    refusal(() => read(values(100_000))),
    /over 100000 values/,
  )
  assert.equal(
    refusal(() => readJson(bytes('[[1]]'), { depth: 1, keysPerObject: 1, nodes: 9 })).includes('over 1 levels'),
    true,
  )
})

test('brackets and marks inside texts count for nothing', () => {
  const inside = `"${'[{:,\\"'.repeat(50_000)}"`
  assert.equal(read(inside), '[{:,"'.repeat(50_000))
  // Negative control: outside of a text the same marks are too many.
  assert.match(
    refusal(() => read('[{:,'.repeat(50_000))),
    /over 32 levels/,
  )
})

test('keys that a library put on Object.prototype change no answer', (t) => {
  // The one way to test it is to do it; the cast names the property that is added and removed here.
  const prototype = Object.prototype as { intruder?: string }
  prototype.intruder = 'here'
  t.after(() => delete prototype.intruder)
  assert.deepEqual(Object.keys(read('{"a":{"b":1}}') ?? {}), ['a'])
})

test('no megabyte of anything holds the loop', () => {
  const size = 2 ** 20
  const object = (count: number, key: (n: number) => string): string =>
    `{${Array.from({ length: count }, (_, n) => `"${key(n)}":1`).join(',')}}`
  const list = (count: number, entry: (n: number) => string): string =>
    `[${Array.from({ length: count }, (_, n) => entry(n)).join(',')}]`
  const bombs: Record<string, string> = {
    'a million deep': '['.repeat(1_000_000),
    'a million objects deep': '{"a":'.repeat(200_000),
    '100,000 keys': object(100_000, (n) => `k${n}`),
    '90 objects of 1,000 keys': list(90, (n) => object(1_000, (m) => `${n}_${m}`)),
    '90 objects of 1,000 numeric keys': list(90, () => object(1_000, (m) => `${m * 99_991}`)),
    'a key twice at the very end': list(30_000, (n) => (n === 29_999 ? '{"a":1,"a":1}' : '{"a":1}')),
    'a megabyte of text': `"${'a'.repeat(size)}"`,
    'a megabyte of escapes': `"${'\\u0061'.repeat(size / 6)}"`,
    'backslashes without end': `"${'\\'.repeat(size)}`,
    'long keys': object(1_000, (n) => 'k'.repeat(1_000) + n),
    'a long number': '1'.repeat(size),
    'a long exponent': `1e${'9'.repeat(size)}`,
    ...Object.fromEntries(Array.from(':,"{}[] ', (mark) => [`a megabyte of ${mark}`, mark.repeat(size)])),
  }
  for (const [name, text] of Object.entries(bombs)) {
    const body = bytes(text)
    const times = [1, 2, 3].map(() => {
      const before = performance.now()
      refusal(() => readJson(body))
      return performance.now() - before
    })
    // Alone it is 50 ms, on a machine with much to do six times that; a step for each pair of keys would be minutes.
    assert.ok(Math.min(...times) < 1_000, `${name}: ${times.map((ms) => ms.toFixed(1)).join(', ')} ms`)
  }
})
