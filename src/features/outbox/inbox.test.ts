// Messages from elsewhere, delivered more than once: the pattern of the guide makes their effects happen once.
import assert from 'node:assert/strict'
import { seededRandom } from '../../base/random.ts'
import type { House } from '../../call/house.ts'
import { app, integer, resource, text } from '../../define/index.ts'
import { join } from '../../define/model.ts'
import { houseOf } from '../../call/test_house.ts'
import { onBothEngines, type ModelScene } from '../../store/suite/test_model.ts'
import { inTransaction } from './test_app.ts'

const inbox = resource('inbox', { fields: { message: text({ max: 80, unique: true }) }, allow: {} })
const effects = resource('effects', { fields: { n: integer() }, allow: {} })
const model = join(app('test', { inbox, effects }))

const MESSAGES = 200
const CONSUMERS = 8

onBothEngines('an inbox', model, (it) => {
  it('lets each message have its effect once, however often it comes and wherever its consumer dies', async (scene) => {
    await consume(scene, true)
    assert.deepEqual(
      await counted(scene),
      Array.from({ length: MESSAGES }, (_, n) => n),
    )
  })

  it('control: without it the effects are doubled', async (scene) => {
    await consume(scene, false)
    assert.ok((await counted(scene)).length > MESSAGES)
  })
})

/** Each message comes one to five times, shuffled; a consumer that dies in the middle gets it again. */
async function consume(scene: ModelScene, isGuarded: boolean): Promise<void> {
  const house = houseOf(scene)
  const random = seededRandom(5)
  const deliveries = Array.from({ length: MESSAGES }, (_, n) =>
    Array.from({ length: 1 + Math.floor(random.fraction() * 5) }, () => ({ n, order: random.fraction() })),
  )
    .flat()
    .toSorted((a, b) => a.order - b.order)
  const consumer = async (): Promise<void> => {
    for (let next = deliveries.pop(); next !== undefined; next = deliveries.pop()) {
      while (!(await take(house, next.n, isGuarded, random.fraction() < 0.2)));
    }
  }
  await Promise.all(Array.from({ length: CONSUMERS }, consumer))
}

/** False when the consumer died before its transaction ended. */
async function take(house: House, n: number, isGuarded: boolean, dies: boolean): Promise<boolean> {
  const work = inTransaction(house, async (tx) => {
    const isNew =
      !isGuarded || (await tx.upsert(inbox, [{ message: `m-${n}` }], { by: ['message'], keep: true })).length > 0
    if (isNew) await tx.create(effects, { n })
    if (dies) throw new Error('died')
  })
  return work.then(
    () => true,
    () => false,
  )
}

async function counted({ engine }: ModelScene): Promise<number[]> {
  return (await engine.query({ text: 'select "n" from effects order by "n"', reads: ['int'] }, [])).flat().map(Number)
}
