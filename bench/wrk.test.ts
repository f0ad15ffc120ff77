// What wrk prints, read right: its units change with the size of the number.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseReport } from './wrk.ts'

const REPORT = `Running 8s test @ http://127.0.0.1:4400
  1 threads and 64 connections
  Latency Distribution
     50%  500.00us
     75%    3.05ms
     90%    3.80ms
     99%    1.21s
  175678 requests in 8.00s, 81.56MB read
Requests/sec:  21955.18
Transfer/sec:     10.19MB
`

test('a report gives rate, requests, and latencies in milliseconds', () => {
  assert.deepEqual(parseReport(REPORT), { requests: 175_678, rps: 21_955.18, p50Ms: 0.5, p99Ms: 1_210, failures: 0 })
})

test('answers that are not 2xx and broken sockets count as failures', () => {
  const bad = `${REPORT}  Non-2xx or 3xx responses: 7\n  Socket errors: connect 0, read 2, write 0, timeout 1\n`

  assert.equal(parseReport(bad).failures, 10)
})

test('a report without a rate is refused, not read as zero', () => {
  assert.throws(() => parseReport('unable to connect to 127.0.0.1:4400 Connection refused'), /measured nothing/)
})
