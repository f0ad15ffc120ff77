// What belongs to one tenant is the same to them whatever another does: their answers, to the byte, on both engines.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { difference, transcript, type Trial } from './apart.ts'
import { forgetful, sharedKey } from './faults.ts'

const engines = ['sqlite', 'postgres'] as const

for (const engine of engines) {
  const it = (title: string, trial: Omit<Trial, 'engine'>, judge: (found: readonly string[]) => void): void => {
    test(`on ${engine}: ${title}`, async (t) => {
      const found = await difference({ engine, ...trial })
      if ('skip' in found) return t.skip(found.skip)
      judge(found)
    })
  }
  const none = (found: readonly string[]): void => assert.deepEqual(found.slice(0, 3), [])
  const some = (found: readonly string[]): void => assert.notDeepEqual(found, [])
  const steps = engine === 'sqlite' ? 150 : 50

  it('whatever another tenant does, the answers are those of being alone', { seed: 1, steps }, none)
  it('control: a key over all tenants is noticed', { seed: 1, steps, bend: sharedKey }, some)
  if (engine === 'sqlite')
    it('control: statements that forget the tenant are', { seed: 1, steps, over: forgetful }, some)
  else it('statements that forget it find nothing more: the policies hold', { seed: 1, steps, over: forgetful }, none)
}

test('both engines tell a tenant the same', async (t) => {
  const said = await Promise.all(engines.map((engine) => transcript({ engine, seed: 2, steps: 40, isAlone: false })))
  for (const one of said) if ('skip' in one) return t.skip(one.skip)
  assert.deepEqual(said[0], said[1])
})
