// Many twins of many keys at several processes of one database at once, and what is wrong with what they were told.
import { asAnn, asStaff } from './scene.ts'
import type { Asking, Child, Reply } from './processes.ts'

export interface StormOptions {
  readonly children: readonly Child[]
  readonly keys: number
  /** Requests of each key, all at once, spread over the processes. */
  readonly twins: number
  /** Keys that are asked at once. */
  readonly abreast: number
  /** Distinguishes the keys of one storm from those of another. */
  readonly name: string
}

const STOCK = 1_000_000

/** Answers what is wrong: nothing where every key had one effect and one answer. */
export async function storm({ children, keys, twins, abreast, name }: StormOptions): Promise<string[]> {
  const [first] = children
  if (first === undefined) throw new TypeError('a storm needs a process')
  const made = await first.ask({ path: '/api/v1/products', as: asStaff, body: { name, stock: STOCK } })
  const product = String(made?.json['id'])
  const wrong: string[] = []
  for (let done = 0; done < keys; done += abreast) {
    const some = Array.from({ length: Math.min(abreast, keys - done) }, (_, at) => `${name}-${done + at}`)
    wrong.push(...(await Promise.all(some.map((key) => oneKey(children, twins, key, product)))).flat())
  }
  const sales = await first.ask({ path: `/api/v1/sales?product=${product}&count=exact&limit=1` })
  const stock = await first.ask({ path: `/api/v1/products/${product}` })
  if (sales?.json['count'] !== keys) wrong.push(`${String(sales?.json['count'])} sales of ${keys} keys`)
  if (stock?.json['stock'] !== STOCK - keys) wrong.push(`the stock is ${String(stock?.json['stock'])}`)
  return wrong
}

async function oneKey(children: readonly Child[], twins: number, key: string, product: string): Promise<string[]> {
  const path = key.endsWith('3') || key.endsWith('7') ? '/api/v1/sales/read-and-sell' : '/api/v1/sales'
  const asking: Asking = { path, key, as: asAnn, body: { product, quantity: 1 } }
  const asked = Array.from({ length: twins }, (_, twin) => children[twin % children.length]!.ask(asking))
  const replies = await Promise.all(asked)
  const last = await children[0]!.ask(asking)
  return judge(key, [...replies, last])
}

function judge(key: string, replies: readonly Reply[]): string[] {
  const done = replies.filter((reply) => reply !== undefined && reply.status < 300)
  const fresh = done.filter((reply) => reply?.headers['idempotent-replayed'] === undefined)
  const others = replies.filter((reply) => !done.includes(reply))
  const early = others.filter((reply) => reply?.status === 409 && reply.headers['retry-after'] === '1')
  const wrong: string[] = []
  if (fresh.length !== 1) wrong.push(`${key}: ${fresh.length} replies that are no replays`)
  if (new Set(done.map(shown)).size !== 1) wrong.push(`${key}: several answers:\n${done.map(shown).join('\n')}`)
  if (early.length < others.length)
    wrong.push(`${key}: neither answer nor "ask later":\n${others.map(shown).join('\n')}`)
  return wrong
}

const shown = (reply: Reply): string =>
  reply === undefined ? 'cut off' : `${reply.status} ${reply.headers['location'] ?? ''} ${reply.text}`
