// A race of refreshes left two families of tokens elsewhere (CVE-2026-53517): here there is one line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, type Club, joined, openClub, type Pair } from '../identity/people.ts'

/** The refresh tokens that came of many exchanges at once. */
async function successors(run: Club, tokens: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(tokens.map((refreshToken) => ask(run, 'refresh', { refreshToken })))
  const given = answers.filter(({ status }) => status === 200).map(({ body }) => (body as Pair).refreshToken)
  return [...new Set(given)]
}

const fifty = (tokens: readonly string[]): string[] =>
  Array.from({ length: 50 }, (_, at) => tokens[at % tokens.length]!)

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`fifty exchanges leave one line of tokens, time after time, on ${engine}`, async () => {
    await using run = await openClub({ engine })
    const begun = await joined(run, 'ann@example.com')
    const line = [begun.refreshToken]
    for (let round = 0; round < 4; round++) {
      const next = await successors(run, fifty([line.at(-1)!]))
      assert.equal(next.length, 1)
      line.push(next[0]!)
    }
    assert.equal(new Set(line).size, 5)
    // An older one ends all of it: nobody keeps a second family.
    assert.equal((await ask(run, 'refresh', { refreshToken: line[1] })).status, 401)
    assert.equal((await ask(run, 'refresh', { refreshToken: line.at(-1) })).status, 401)
  })
}

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`what makes up for a lost answer is the same pair, and ten seconds wide, on ${engine}`, async () => {
    await using run = await openClub({ engine })
    const { refreshToken } = await joined(run, 'ann@example.com')
    const again = () => ask(run, 'refresh', { refreshToken })
    const first = await again()
    run.clock.advance(10_000)
    assert.deepEqual((await again()).body, first.body)
    run.clock.advance(1)

    assert.equal((await again()).status, 401)
    assert.equal((await ask(run, 'refresh', { refreshToken: (first.body as Pair).refreshToken })).status, 401)
  })
}
