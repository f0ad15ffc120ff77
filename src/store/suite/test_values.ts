// Engine suite: every stored value comes back as it went in, and rows are found and ordered alike.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Stored } from '../../define/field.ts'
import type { Engine, Rows } from '../contract.ts'
import { idOf, insertThing, selectThings, write, type EngineTest, type Thing } from './test_scene.ts'

/** Values that a careless driver changes on the way. */
const EXTREMES: Readonly<Record<string, readonly Stored[]>> = {
  label: ['', ' ', 'Ää ß', '日本語', '👩‍👩‍👧', "'; --", '"', '\\', '%_', '0', 'null', 'a\u0301', '\u00a0', 'e1'],
  count: [0, -9, 1, Number.MAX_SAFE_INTEGER, 2 ** 31, 2 ** 32 + 1],
  amount: ['0', '-1', '9223372036854775807', '-9223372036854775808', '9007199254740993', null],
  flag: [true, false, null],
  moment: [
    '2024-02-29T23:59:59.999Z',
    '1969-12-31T23:59:59.001Z',
    '0001-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.120Z',
    null,
  ],
  day: ['2024-02-29', '0001-01-01', '9999-12-31', null],
  data: ['{"b":1e2,"a":1.0,"a":2}', '[]', '"\\u0000"', ' null ', null],
}

/** Registers the tests. */
export function valueTests(test: EngineTest): void {
  storedValues(test)
  boundValues(test)
  orders(test)
  likeness(test)
  expressions(test)
}

function storedValues(test: EngineTest): void {
  test('every storage class gives back the extremes as they were stored', async (engine) => {
    for (const [name, values] of Object.entries(EXTREMES)) {
      for (const value of values) assert.deepEqual(await roundTrip(engine, name, value), [[value]], `${name}: ${value}`)
    }
  })

  test('any text without NUL and any 64-bit integer come back as they were', async (engine) => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 40 })
      .filter((value) => Array.from(value).length <= 40 && !value.includes('\0'))
    const wide = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)
    await fc.assert(
      fc.asyncProperty(text, wide, async (label, amount) => {
        assert.deepEqual(await roundTrip(engine, 'label', label), [[label]])
        assert.deepEqual(await roundTrip(engine, 'amount', amount), [[amount]])
      }),
      { numRuns: 30 },
    )
  })

  test('a column left out has its default', async (engine) => {
    await write(engine, (tx) => insertThing(engine, tx, { id: idOf(1) }))

    const rows = await engine.query(selectThings(engine, ['label', 'count', 'amount', 'flag', 'day']), [])

    assert.deepEqual(rows, [["it's new", 7, '-9223372036854775808', true, null]])
  })
}

function boundValues(test: EngineTest): void {
  test('a number that is no safe integer and a value that is none are refused before they are sent', async (engine) => {
    const notStored = { toString: () => 'x' } as unknown as Stored // what a caller without types could pass
    const wrong: Stored[] = [1.5, 2 ** 53, Number.NaN, undefined as unknown as Stored, notStored]
    const one = { text: `select ${engine.dialect.typed(1, 'int')}`, reads: ['int'] as const }

    for (const value of wrong) await assert.rejects(async () => engine.query(one, [value]), /safe integer/)
    assert.deepEqual(await engine.query(one, [5]), [[5]])
  })

  test('a typed whole number divides as a whole number', async (engine) => {
    const text = `select ${engine.dialect.typed(1, 'int')} / ${engine.dialect.typed(2, 'int')}`

    assert.deepEqual(await engine.query({ text, reads: ['int'] }, [7, 2]), [[3]])
  })

  test('a typed wide integer is compared and added as a number', async (engine) => {
    const [one, two] = [engine.dialect.typed(1, 'wide'), engine.dialect.typed(2, 'wide')]
    const text = `select ${one} > ${two}, ${engine.dialect.read(`(${one} + ${two})`, 'wide')}`

    assert.deepEqual(await engine.query({ text, reads: ['bool', 'wide'] }, ['10', '9']), [[true, '19']])
  })

  test('a wide integer beyond 64 bits is refused, never cut', async (engine) => {
    await assert.rejects(write(engine, (tx) => insertThing(engine, tx, { id: idOf(1), amount: '9223372036854775808' })))
    assert.deepEqual(await engine.query(selectThings(engine, ['amount']), []), [])
  })
}

function orders(test: EngineTest): void {
  test('texts are ordered by their UTF-8 bytes', async (engine) => {
    const labels = ['', 'Z', 'a', 'B', 'ä', 'z', '10', '9', '～', '😀', 'é', 'e\u0301', 'A', ' ']
    await insertAll(
      engine,
      labels.map((label) => ({ label })),
    )

    const rows = await engine.query(selectThings(engine, ['label'], 'order by "label"'), [])

    const byBytes = labels.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    assert.deepEqual(rows.flat(), byBytes)
    // JavaScript's own order is by UTF-16 units: the emoji would come before the wide tilde.
    assert.notDeepEqual(labels.toSorted(), byBytes)
  })

  test('nulls come where the statement says', async (engine) => {
    const { nullsFirst, nullsLast } = engine.dialect
    await insertAll(engine, [{ day: '2024-01-02' }, { day: null }, { day: '2024-01-01' }])
    const order = (rest: string): Promise<Rows> | Rows =>
      engine.query(selectThings(engine, ['day'], `order by "day" ${rest}`), [])

    assert.deepEqual((await order(nullsFirst)).flat(), [null, '2024-01-01', '2024-01-02'])
    assert.deepEqual((await order(nullsLast)).flat(), ['2024-01-01', '2024-01-02', null])
    assert.deepEqual((await order(`desc ${nullsLast}`)).flat(), ['2024-01-02', '2024-01-01', null])
  })
}

function likeness(test: EngineTest): void {
  test('like minds case, knows % and _ and takes every other character for itself', async (engine) => {
    const labels = ['abc', 'ABC', 'a*c', 'a?c', 'a[b]c', 'a%c', 'a_c', 'a\\c', 'aäc', 'a]c', 'a^c', 'a-c', '', 'a😀c']
    await insertAll(
      engine,
      labels.map((label) => ({ label })),
    )
    const expected: Readonly<Record<string, readonly string[]>> = {
      abc: ['abc'],
      a_c: ['abc', 'a*c', 'a?c', 'a%c', 'a_c', 'a\\c', 'aäc', 'a]c', 'a^c', 'a-c', 'a😀c'],
      'a%': labels.filter((label) => label.startsWith('a')),
      '%': labels,
      'a*c': ['a*c'],
      'a?c': ['a?c'],
      'a[b]c': ['a[b]c'],
      'a[^b]c': [],
      'a]c': ['a]c'],
      'a\\%c': ['a%c'],
      'a\\_c': ['a_c'],
      'a\\\\c': ['a\\c'],
      '': [''],
      'A%': ['ABC'],
    }

    for (const [pattern, found] of Object.entries(expected)) {
      assert.deepEqual((await like(engine, pattern)).toSorted(compare), found.toSorted(compare), pattern)
    }
  })
}

function expressions(test: EngineTest): void {
  test('length counts characters, not bytes or halves', async (engine) => {
    await insertAll(engine, [{ label: 'a😀ä' }])
    const text = `select ${engine.dialect.length('"label"')} from things`

    assert.deepEqual(await engine.query({ text, reads: ['int'] }, []), [[3]])
  })

  test('a statement with a placeholder used twice binds its value once', async (engine) => {
    const one = engine.dialect.typed(1, 'text')

    assert.deepEqual(await engine.query({ text: `select ${one}, ${one}`, reads: ['text', 'text'] }, ['x']), [
      ['x', 'x'],
    ])
  })

  test('statements of one text are each read by their own classes', async (engine) => {
    await insertAll(engine, [{ count: 1 }])
    const text = 'select "count" from things'

    assert.deepEqual(await engine.query({ text, reads: ['int'] }, []), [[1]])
    assert.deepEqual(await engine.query({ text, reads: ['wide'] }, []), [['1']])
    assert.deepEqual(await engine.query({ text, reads: ['int'] }, []), [[1]])
  })
}

async function roundTrip(engine: Engine, name: string, value: Stored): Promise<Rows> {
  const found = selectThings(engine, [name])
  const before = await engine.write({ name: 'round trip', isolation: 'locked', rollback: true }, async (tx) => {
    await insertThing(engine, tx, { id: idOf(1), [name]: value })
    return tx.all(found, [])
  })
  return before
}

async function insertAll(engine: Engine, rows: readonly Thing[]): Promise<void> {
  await write(engine, async (tx) => {
    for (const [n, row] of rows.entries()) await insertThing(engine, tx, { id: idOf(n), ...row })
  })
}

const compare = (a: Stored, b: Stored): number => (String(a) < String(b) ? -1 : 1)

async function like(engine: Engine, pattern: string): Promise<Stored[]> {
  const condition = engine.dialect.like('"label"', engine.dialect.typed(1, 'text'))
  const found = selectThings(engine, ['label'], `where ${condition}`)
  return (await engine.query(found, [engine.dialect.likePattern(pattern)])).flat()
}
