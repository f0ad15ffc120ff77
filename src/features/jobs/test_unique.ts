// The check of unique keys: many promises of one key at once, key after key.
import assert from 'node:assert/strict'
import { app, integer, job } from '../../define/index.ts'
import { everyJob, queueTests } from './test_queue.ts'

const once = job('once', { input: { n: integer() }, run: async () => {} })

/** Registers the tests, with so many keys. */
export function uniqueTests(keys: number): void {
  queueTests(`unique jobs, ${keys} keys`, app('unique', { once }), (it) => {
    it('64 promises of one key at once are one job, and all are told which', async ({ house, promise }) => {
      for (let key = 0; key < keys; key++) {
        const promises = Array.from({ length: 64 }, (_, n) =>
          promise((tx) => tx.enqueue(once, { n }, { unique: `key ${key}` })),
        )
        const told = await Promise.all(promises)
        assert.equal(new Set(told).size, 1, `key ${key}`)
      }

      assert.equal((await everyJob(house)).length, keys)
    })

    it('the control: where the key is not seen, the same promises double', async ({ house, promise }) => {
      for (let n = 0; n < 5; n++) {
        await promise((tx) => tx.enqueue(once, { n }, { unique: 'key' }))
        await house.engine.script(['update plinth_jobs set holds = null'])
      }

      assert.equal((await everyJob(house)).length, 5)
    })
  })
}
