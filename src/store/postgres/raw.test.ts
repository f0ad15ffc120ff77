// Statements of unknown result types, decoded by the types that PostgreSQL names.
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { RawRows } from '../contract.ts'
import { addOne, counter, engineForTests, failureOfCall, insertCounter, run, type TestEngine } from './test_engine.ts'

const opened = await engineForTests()

describe('raw statements on PostgreSQL', { skip: 'skip' in opened ? opened.skip : false }, () => {
  const { engine, close } = opened as TestEngine // skipped otherwise
  after(() => close())

  const raw = async (text: string, values: (string | number | boolean | null)[] = []): Promise<RawRows> =>
    engine.write({ name: 'raw', isolation: 'locked' }, async (tx) => tx.raw(text, values))

  it('names the columns and decodes numbers, truth, instants and text', async () => {
    const answer = await raw(
      `select $1::bigint as n, 9223372036854775807 as wide, 1.5::numeric as part, true as is_open,
         timestamptz '2025-01-01 00:00:00.12Z' as at, date '2025-02-03' as due, 'a' as t, null as nothing`,
      [7],
    )

    assert.deepEqual(answer, {
      columns: ['n', 'wide', 'part', 'is_open', 'at', 'due', 't', 'nothing'],
      rows: [[7, 9223372036854775807n, 1.5, true, '2025-01-01T00:00:00.120Z', '2025-02-03', 'a', null]],
      changed: 1,
    })
  })

  it('tells how many rows were written, and names the columns of no rows', async () => {
    await run(engine, insertCounter, [1, 0])
    await run(engine, insertCounter, [2, 0])

    assert.deepEqual(await raw('update counters set n = n + 1'), { columns: [], rows: [], changed: 2 })
    assert.deepEqual(await raw('select n from counters where false'), { columns: ['n'], rows: [], changed: 0 })
  })

  it('spoils the transaction when it fails, as every statement does', async () => {
    await run(engine, insertCounter, [3, 0])

    const goesOn = engine.write({ name: 'raw', isolation: 'locked' }, async (tx) => {
      await tx.all(addOne, [3])
      await failureOfCall(Promise.resolve(tx.raw('nonsense', [])))
    })

    assert.equal(await failureOfCall(goesOn), 'spoiled')
    assert.equal(await counter(engine, 3), 0)
  })
})
