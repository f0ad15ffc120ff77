// Who may do what to which row by which way in: a sample of the matrix, and the faults that it must find.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, test } from 'node:test'
import type { Cell } from './cell.ts'
import { type Fault, faults } from './faults.ts'
import { ask, drawn } from './matrix.ts'
import { bureauSubject } from './people.ts'
import { type EngineName, openScene, type Scene } from './scene.ts'
import { dots } from './spellings.ts'
import { matrixTests } from './suite.ts'

matrixTests(300)

/** Cells of a fault: enough that one of them sees it, whatever is drawn. */
const most = 120

/** The cells of the declared policy, made once: ids are the same wherever the same rows were put in. */
async function declared(): Promise<readonly Cell[]> {
  await using intact = await openScene(bureauSubject, 'sqlite')
  return 'skip' in intact ? [] : drawn(intact, undefined, 1)
}

const cells = declared()

for (const engine of ['sqlite', 'postgres'] as const) {
  describe(`the matrix on ${engine} finds`, () => {
    for (const fault of faults.filter(({ onBoth }) => engine === 'sqlite' || onBoth)) {
      test(fault.title, async (t) => {
        const found = await mismatchesOf(fault, engine)
        if ('skip' in found) return t.skip(found.skip)
        assert.notDeepEqual(found, [])
      })
    }
  })
}

async function mismatchesOf({ served, send, among }: Fault, engine: EngineName) {
  const subject = served === undefined ? bureauSubject : { ...bureauSubject, app: served }
  await using faulty = await openScene(subject, engine)
  if ('skip' in faulty) return faulty
  const some = spread((await cells).filter(among))
  return (await ask(faulty, some, send?.(faulty))).mismatches
}

/** Some of them, from all over: people come one after the other. */
function spread(all: readonly Cell[]): readonly Cell[] {
  const step = Math.max(1, Math.floor(all.length / most))
  return all.filter((_, at) => at % step === 0)
}

test('dots in an address lead nowhere, whoever asks', async () => {
  await using scene = await openScene(bureauSubject, 'sqlite')
  assert.ok(!('skip' in scene))
  const { url } = await scene.surface.server.door.listen({ port: 0, host: '127.0.0.1' })
  for (const path of ['/api/v1/board', '/api/v1/letters', `/api/v1/board/${firstOf(scene, 'board')}`]) {
    assert.notEqual(await statusOf(url, path), 404, path)
    for (const write of dots) assert.equal(await statusOf(url, write(path)), 404, write(path))
  }
})

const firstOf = (scene: Scene, noun: string): string => scene.world.get(noun)![0]!.id

/** Sends the path as it is: `fetch` would resolve the dots before anybody saw them. */
function statusOf(url: string, path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, agent: false }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode))
    })
    sent.on('error', reject)
    sent.end()
  })
}
