// A shop for one test on one engine, its callers, and what its database holds.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Engine } from '../../src/store/contract.ts'
import { openSurface, type Ask, type Said, type Surface, tokenOf } from '../surface/test_server.ts'
import keys from './app.ts'

export const ann = '01900000-0000-7000-8000-00000000000a'
export const bob = '01900000-0000-7000-8000-00000000000b'
const boss = '01900000-0000-7000-8000-0000000000ff'
export const asAnn = tokenOf('member', ann)
export const asBob = tokenOf('member', bob)
export const asStaff = tokenOf('staff', boss)

export interface Scene {
  readonly surface: Surface
  /** Asks with a key. */
  readonly ask: (key: string, ask: Ask) => Promise<Said>
  /** A new product with so much in stock; answers its id. */
  readonly product: (stock: number) => Promise<string>
  readonly stockOf: (product: string) => Promise<number>
  readonly sales: () => Promise<number>
  /** Every row of the table of remembered answers, as text. */
  readonly remembered: () => Promise<string[][]>
}

/** The shop's scene over a surface. */
export function sceneOf(surface: Surface): Scene {
  const made = { products: 0 }
  return {
    surface,
    ask: (key, ask) => surface.ask({ ...ask, headers: { ...ask.headers, 'idempotency-key': key } }),
    async product(stock) {
      const name = `product ${++made.products} ${Math.random()}`
      const said = await surface.ask({ url: '/api/v1/products', as: asStaff, body: { name, stock } })
      assert.equal(said.status, 201, said.text)
      return String(said.json['id'])
    },
    async stockOf(product) {
      return Number((await surface.ask({ url: `/api/v1/products/${product}` })).json['stock'])
    },
    async sales() {
      const { json } = await surface.ask({ url: '/api/v1/sales?count=exact' })
      return Number(json['count'])
    },
    async remembered() {
      const columns = ['id', 'hash', 'subject', 'sealed', 'created_at'].map((name) => `"${name}"`).join(', ')
      const { engine } = surface.server.house.house
      const text = `select ${columns} from "plinth_answers" order by "id"`
      return (await engine.query({ text, reads: ['uuid', 'text', 'text', 'text', 'instant'] }, [])).map((row) =>
        row.map(String),
      )
    },
  }
}

/** Declares tests on each engine, over one shop; where an engine is missing they are skipped, and say so. */
export async function onEachEngine(
  what: string,
  tests: (scene: Scene) => void,
  over?: (engine: Engine) => Engine,
): Promise<void> {
  for (const engine of ['sqlite', 'postgres'] as const) {
    const surface = await openSurface(keys, engine, over)
    if ('skip' in surface) {
      void test(`${what} on ${engine}`, surface)
      continue
    }
    void describe(`${what} on ${engine}`, () => {
      after(() => surface.close())
      tests(sceneOf(surface))
    })
  }
}

/** What a reply must share with the first: status, body, and the headers that belong to the answer. */
export function assertReplay(again: Said, first: Said): void {
  assert.equal(again.headers['idempotent-replayed'], 'true')
  assert.equal(first.headers['idempotent-replayed'], undefined)
  assert.deepEqual(answerOf(again), answerOf(first))
}

const own = ['location', 'content-type', 'etag', 'preference-applied', 'www-authenticate', 'content-length']

export const answerOf = ({ status, headers, text }: Said): object => ({
  status,
  text,
  headers: Object.fromEntries(own.map((name) => [name, headers[name]])),
})
