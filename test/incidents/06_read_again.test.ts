// A row that is read again and denied was answered raw elsewhere (CVE-2026-53725): here what is not read is not told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine, Rows } from '../../src/store/contract.ts'
import { bureauSubject } from '../authorization/people.ts'
import { type Asking, type EngineName, openScene, type Scene } from '../authorization/scene.ts'
import type { Said } from '../surface/test_server.ts'

/** Which statement of a request comes back empty. */
interface Denial {
  at: number
  seen: number
  /** What it would have given. */
  kept: string
}

/** An engine that answers one statement as if nothing were to be read. */
function denying(engine: Engine, denial: Denial): Engine {
  const deny = (rows: Rows): Rows => {
    denial.seen += 1
    if (denial.seen !== denial.at) return rows
    denial.kept = JSON.stringify(rows)
    return []
  }
  const over = <T extends { all(...given: never[]): Rows | Promise<Rows> }>(session: T): T =>
    new Proxy(session, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        if (name !== 'all') return value.bind(target) as unknown
        return async (...given: never[]) => deny(await target.all(...given))
      },
    })
  return new Proxy(engine, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (name === 'query') return async (...given: Parameters<Engine['query']>) => deny(await target.query(...given))
      if (name === 'snapshot')
        return (work: Parameters<Engine['snapshot']>[0]) => target.snapshot((one) => work(over(one)))
      if (name === 'write')
        return (...[options, work]: Parameters<Engine['write']>) => target.write(options, (tx) => work(over(tx)))
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

const canary = 'Beta one'

/** Questions whose answers hold the row, each read in several statements. */
function questions(scene: Scene): Asking[] {
  const person = scene.people.find(({ name }) => name.startsWith('cat'))!
  const { id } = scene.world.get('dossiers')!.find(({ title }) => title === canary)!
  const notice = scene.world.get('board')!.find(({ about }) => about === id)!.id
  const url = `/api/v1/dossiers/${id}`
  return [
    { url },
    { url: `${url}?expand=writer,reviewer,lines.person` },
    { url: `/api/v1/board/${notice}?expand=about.writer` },
    { url: '/api/v1/board?expand=about' },
    { url: `/api/v1/dossiers?sort=title&expand=writer` },
    { method: 'PATCH', url, body: { desk: 2 } },
    { method: 'PUT', url, body: { title: canary } },
    { method: 'POST', url: `${url}/judge`, body: { verdict: 'fine' } },
  ].map((ask) => ({ person, ask }))
}

type Answer = (said: Said, plain: Said) => Said

/** Answers that tell what the denied statement would have given. */
async function told(engine: EngineName, answer: Answer): Promise<{ denied: number; wrong: string[] } | string> {
  const denial: Denial = { at: 0, seen: 0, kept: '' }
  await using scene = await openScene(bureauSubject, engine, (one) => denying(one, denial))
  if ('skip' in scene) return scene.skip
  const wrong: string[] = []
  const tally = { denied: 0 }
  for (const asking of questions(scene)) {
    const plain = await asked(scene, denial, asking, 0)
    assert.ok(plain.text.includes(canary), asking.ask.url)
    const statements = denial.seen
    for (let at = 1; at <= statements; at++) {
      const said = answer(await asked(scene, denial, asking, at), plain)
      if (!denial.kept.includes(canary)) continue
      tally.denied += 1
      // What was sent may come back; what was only stored may not.
      const isSent = JSON.stringify(asking.ask.body ?? '').includes(canary)
      if (said.text.includes(canary) && !isSent) wrong.push(`${asking.ask.method ?? 'GET'} ${asking.ask.url} at ${at}`)
    }
  }
  return { ...tally, wrong }
}

async function asked(scene: Scene, denial: Denial, asking: Asking, at: number): Promise<Said> {
  Object.assign(denial, { at: 0, seen: 0, kept: '' })
  await scene.restore()
  Object.assign(denial, { at, seen: 0, kept: '' })
  const said = await scene.send(asking)
  const { seen, kept } = denial
  Object.assign(denial, { at: 0, seen, kept })
  return said
}

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`what a denied read would have given is not in the answer, on ${engine}`, async (t) => {
    const found = await told(engine, (said) => said)
    if (typeof found === 'string') return t.skip(found)

    assert.deepEqual(found.wrong, [])
    assert.ok(found.denied >= 8, `${found.denied} reads denied`)
  })
}

test('control: a door that falls back to the row it had is seen', async () => {
  const found = await told('sqlite', (said, plain) => (said.status === 200 ? said : plain))

  assert.ok(typeof found !== 'string' && found.wrong.length >= 3)
})
