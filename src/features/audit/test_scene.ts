// The test app served on each engine, with short ways to ask it and to read what was recorded.
import { after, before, describe, test } from 'node:test'
import type { App } from '../../define/app.ts'
import type { House } from '../../call/house.ts'
import { openSurface, type Said, type Surface, tokenOf } from '../../../test/surface/test_server.ts'
import { readContent, said } from './content.ts'
import own from './test_app.ts'
import { waitingRows } from './waiting.ts'

export const ann = '01900000-0000-7000-8000-00000000000a'
export const bob = '01900000-0000-7000-8000-00000000000b'
export const boss = '01900000-0000-7000-8000-0000000000ff'
export const asAnn = tokenOf('member', ann)
export const asBob = tokenOf('member', bob)
export const asStaff = tokenOf('staff', boss)

/** One entry, as the table holds it. */
export type Entry = Readonly<Record<string, unknown>>

export interface Scene extends Surface {
  readonly house: House
  /** Asks, and fails where the answer has another status. */
  expect(status: number, method: string, url: string, as?: string, body?: unknown): Promise<Said>
  /** Every entry so far, in the order it was written. */
  entries(): Promise<Entry[]>
}

/** Registers tests that run over one app on both engines; each test finds what those before it left. */
export function onBothSurfaces(title: string, tests: (it: Register) => void, app: App = own): void {
  for (const engine of ['sqlite', 'postgres'] as const) {
    void describe(`${title} on ${engine}`, () => {
      const state: { scene?: Scene; skip?: string } = {}
      before(async () => {
        const surface = await openSurface(app, engine)
        if ('skip' in surface) state.skip = surface.skip
        else state.scene = sceneOf(surface)
      })
      after(() => state.scene?.close())
      tests((name, run) => {
        void test(name, async (t) => {
          if (state.scene === undefined) return t.skip(state.skip ?? 'the app did not open')
          await run(state.scene)
        })
      })
    })
  }
}

export type Register = (name: string, run: (scene: Scene) => Promise<void>) => void

export function sceneOf(surface: Surface): Scene {
  const { house } = surface.server.house
  return {
    ...surface,
    house,
    async expect(status, method, url, as, body) {
      const said = await surface.ask({ method, url, as, body })
      if (said.status !== status) throw new Error(`${method} ${url}: ${said.status} instead of ${status}: ${said.text}`)
      return said
    },
    async entries() {
      const list = columns.map((name) => `"${name}"`).join(', ')
      const reads = columns.map((name) => (name === 'position' ? ('int' as const) : ('text' as const)))
      const text = `select ${list} from plinth_audit order by "position"`
      const sealed = await house.engine.query({ text, reads }, [])
      const open = await waitingRows(house, { all: (...asked) => house.engine.query(...asked) }, 10_000)
      return [
        ...sealed.map((row) => Object.fromEntries(columns.map((name, at) => [name, read(name, row[at])]))),
        ...open.map(({ content }) => {
          const values = readContent(content) ?? []
          return Object.fromEntries(said.map((name, at) => [name, read(name, values[at])]))
        }),
      ]
    },
  }
}

const columns = [...said.filter((name) => name !== 'id' && name !== 'createdAt'), 'position']

const read = (name: string, value: unknown): unknown =>
  (name === 'before' || name === 'after') && typeof value === 'string' ? JSON.parse(value) : value
