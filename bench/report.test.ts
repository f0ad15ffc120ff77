// The arithmetic behind the table: a wrong median or a ratio turned round would be a wrong claim.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, assert as check, integer, property } from 'fast-check'
import { commitsOf, median, summarize, tableOf, type Run } from './report.ts'

const RUN: Run = {
  system: 'limit-sqlite',
  endpoint: 'one',
  round: 1,
  requests: 1_000,
  rps: 1_000,
  p50Ms: 1,
  p99Ms: 2,
  failures: 0,
  cpuUs: 50,
  postgresUs: 0,
  residentMb: 100,
  loopP99Ms: 1.5,
  foreignCores: 0,
}
const LIMIT_OF = () => ({ limit: 'limit-sqlite' }) as const

test('a median has as many values below it as above it', () => {
  check(
    property(array(integer(), { minLength: 1 }), (values) => {
      const middle = median(values)

      const below = values.filter((value) => value < middle).length
      const above = values.filter((value) => value > middle).length
      assert.ok(below <= values.length / 2 && above <= values.length / 2)
    }),
  )
})

test('a mean is no median: one slow run does not move the figure', () => {
  const rates = [100, 101, 3]
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length

  assert.equal(median(rates), 100)
  assert.notEqual(mean, 100)
})

test('the median of an even number of values lies between the two in the middle', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5)
})

test('half the rate and twice the CPU time are both a ratio of one half', () => {
  const slow: Run = { ...RUN, system: 'limit-postgres', rps: 500, cpuUs: 100 }

  const [base, cell] = summarize([RUN, slow], LIMIT_OF)

  assert.deepEqual([base?.rpsRatio, base?.cpuRatio], [1, 1])
  assert.deepEqual([cell?.rpsRatio, cell?.cpuRatio], [0.5, 0.5])
})

test('runs are compared with the limit of their own round, so a slow minute of the machine changes no ratio', () => {
  const limit = [1, 2, 3].map((round): Run => ({ ...RUN, round, rps: round === 2 ? 300 : 1_000 }))
  const mine = limit.map((run): Run => ({ ...run, system: 'limit-postgres', rps: run.rps * 0.8 }))
  // Seeded fault: the same runs, their rounds mixed up, must not give the same ratio.
  const mixed = mine.map((run): Run => ({ ...run, round: (run.round % 3) + 1 }))
  const ratios = (runs: readonly Run[]) => runs.map((run) => run.rps / (limit[run.round - 1]?.rps ?? NaN))

  const cell = summarize([...limit, ...mine], LIMIT_OF).find(({ system }) => system === 'limit-postgres')

  assert.equal(cell?.rpsRatio, 0.8)
  assert.notDeepEqual(ratios(mixed), ratios(mine))
})

test('a system measured without its limit has no ratio', () => {
  const [cell] = summarize([{ ...RUN, system: 'limit-postgres' }], LIMIT_OF)

  assert.equal(cell?.rpsRatio, undefined)
})

test('the table has a row for each system and says what was not measured', () => {
  const cells = summarize([RUN], LIMIT_OF)

  const table = tableOf(cells, [{ system: 'limit-sqlite', firstAnswerMs: 95.4, idleMb: 64.6 }])

  assert.match(table, /^\| system \| hello \| one \|/)
  assert.match(table, /\| limit-sqlite \| - \| 1000 \(1\.00 \/ 1\.00\) 2\.0 ms \| - .*\| 95 ms \| 65 MB \|/)
})

test('a rate is compared with the second limit too, in the same round, and commits have a table of their own', () => {
  const run = (system: Run['system'], rps: number): Run => ({ ...RUN, endpoint: 'create', system, rps })
  const runs = [run('limit-sqlite', 100), run('limit-grouped', 800), run('plinth-sqlite', 600)]

  const cells = summarize(runs, () => ({ limit: 'limit-sqlite', second: 'limit-grouped' }))

  assert.deepEqual(
    cells.map(({ rpsRatio, secondRatio }) => [rpsRatio, secondRatio]),
    [
      [1, 0.125],
      [8, 1],
      [6, 0.75],
    ],
  )
  assert.match(commitsOf(cells), /\| create \| plinth-sqlite \| 600\/s \| 6\.00 \| 0\.75 \| 1\.5 ms \|/)
})
