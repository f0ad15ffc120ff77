// Costly work is done a few at a time, waits in one short row, and beyond that is refused at once.
import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Problem } from '../../../base/pure/problem.ts'
import { createBulkhead, hashConcurrency } from './bulkhead.ts'

/** Work that ends when it is told to. */
function gate() {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  return { work: () => promise, open: () => resolve(), break: (error: Error) => reject(error) }
}

describe('a bulkhead', () => {
  test('of two hundred at once two run, fifty wait, and the rest hear 503 with a time at once', async () => {
    const { run, load } = createBulkhead({ concurrency: 2, queue: 50, workMs: 100 })
    const { work, open } = gate()
    let most = 0
    const counted = async (): Promise<void> => {
      most = Math.max(most, load().running)
      await work()
    }
    const asked = Array.from({ length: 200 }, () => run(counted))
    const settled = Promise.allSettled(asked)
    await setImmediate()
    deepEqual(load(), { running: 2, waiting: 50 })

    open()
    const verdicts = await settled
    const refused = verdicts.filter((one) => one.status === 'rejected').map(({ reason }) => reason as unknown)
    equal(refused.length, 148)
    for (const reason of refused) {
      ok(reason instanceof Problem)
      equal(reason.status, 503)
      // Fifty of 100 ms over two at a time.
      equal(reason.headers?.['Retry-After'], '3')
    }
    equal(most, 2)
    deepEqual(load(), { running: 0, waiting: 0 })
  })

  test('first come is first served, and nobody slips in between', async () => {
    const { run } = createBulkhead({ concurrency: 1, queue: 10, workMs: 1 })
    const order: number[] = []
    const first = gate()
    const runs = [run(first.work), ...[1, 2, 3].map((at) => run(async () => void order.push(at)))]
    first.open()
    await runs[0]
    const late = run(async () => void order.push(4))
    await Promise.all([...runs, late])

    deepEqual(order, [1, 2, 3, 4])
  })

  test('work that fails, even before it began, gives its place on', async () => {
    const { run, load } = createBulkhead({ concurrency: 1, queue: 1, workMs: 1 })

    await rejects(
      run(() => Promise.reject(new Error('spilt'))),
      /spilt/,
    )
    await rejects(
      run(() => {
        throw new Error('at once')
      }),
      /at once/,
    )
    equal(await run(() => Promise.resolve(7)), 7)
    deepEqual(load(), { running: 0, waiting: 0 })
  })

  test('without a bound on the row all two hundred wait: the bound is what refuses', async () => {
    const { run, load } = createBulkhead({ concurrency: 2, queue: Infinity, workMs: 100 })
    const { work, open } = gate()
    const asked = Array.from({ length: 200 }, () => run(work))
    await setImmediate()

    deepEqual(load(), { running: 2, waiting: 198 })
    open()
    await Promise.all(asked)
  })

  test('a core stays with the requests and two threads with the disk', () => {
    deepEqual(
      [1, 2, 3, 4, 64].map((cores) => hashConcurrency(cores)),
      [1, 1, 2, 2, 2],
    )
    equal(hashConcurrency(64, 34), 32)
    equal(hashConcurrency(8, 1), 1)
  })
})
