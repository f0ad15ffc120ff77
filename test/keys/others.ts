// Callers who happen to use the same keys for the same requests: nobody is ever told what another was told.
import assert from 'node:assert/strict'
import type { Random } from '../../src/base/random.ts'
import { tokenOf } from '../surface/test_server.ts'
import { ann, asStaff, bob, type Scene } from './scene.ts'

const KEYS = 12
/** Asked at once. */
const ABREAST = 4

interface Person {
  readonly token: string
  readonly firm: string
}

/** Two people, one of them in two firms: three callers. */
async function people({ surface }: Scene): Promise<Person[]> {
  const firmOf = async (name: string): Promise<string> =>
    String((await surface.ask({ url: '/api/v1/firms', as: asStaff, body: { name } })).json['id'])
  const [one, two] = [await firmOf('one'), await firmOf('two')]
  const of = (id: string, firm: string): Person => ({ token: tokenOf('member', id, firm), firm })
  return [of(ann, one), of(ann, two), of(bob, one)]
}

/** Asks in turns that chance decides; answers how many replies were replays. Fails where one is somebody else's. */
export async function interleave(scene: Scene, random: Random, asks: number): Promise<number> {
  const callers = await people(scene)
  const papers = new Map<string, string>()
  const state = { replays: 0 }
  const whole = (below: number): number => Math.floor(random.fraction() * below)
  const one = async (): Promise<void> => {
    const [who, key] = [whole(callers.length), `key-${whole(KEYS)}`]
    const { token, firm } = callers[who]!
    const said = await scene.ask(key, { url: '/api/v1/papers', as: token, body: { name: `of ${key}` } })
    if (said.status === 409) return assert.equal(said.headers['retry-after'], '1')
    assert.deepEqual([said.status, said.json['firm'], said.json['name']], [201, firm, `of ${key}`], said.text)
    const id = String(said.json['id'])
    const own = `${who} ${key}`
    assert.equal(papers.get(own) ?? id, id, `${own} was answered with two papers`)
    assert.ok(
      [...papers].every(([other, paper]) => other === own || paper !== id),
      `${own} was told another's paper`,
    )
    papers.set(own, id)
    if (said.headers['idempotent-replayed'] === 'true') state.replays++
  }
  for (let done = 0; done < asks; done += ABREAST) await Promise.all(Array.from({ length: ABREAST }, one))
  return state.replays
}
