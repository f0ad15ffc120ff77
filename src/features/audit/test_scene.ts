// The test app served on each engine, with short ways to ask it and to read what was recorded.
import { after, before, describe, test } from 'node:test'
import type { App } from '../../define/app.ts'
import type { House } from '../../call/house.ts'
import { openSurface, type Said, type Surface, tokenOf } from '../../../test/surface/test_server.ts'
import own from './test_app.ts'

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
      const reads = columns.map((name) => (name === 'position' ? ('int' as const) : ('text' as const)))
      const list = columns.map((name) => `"${name}"`).join(', ')
      const order = '"position" is null, "position", "arrival", "id"'
      const text = `select ${list} from plinth_audit order by ${order}`
      const rows = await house.engine.query({ text, reads }, [])
      return rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, read(name, row[at])])))
    },
  }
}

const columns = [
  'operation',
  'target',
  'outcome',
  'caller',
  'address',
  'request',
  'noun',
  'row',
  'change',
  'before',
  'after',
  'withheld',
  'position',
]

const read = (name: string, value: unknown): unknown =>
  (name === 'before' || name === 'after') && typeof value === 'string' ? JSON.parse(value) : value
