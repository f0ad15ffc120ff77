// Many who buy the last items at once, each until it has one or is told that nothing is left.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from '../keys/processes.ts'
import type { Servers } from './servers.ts'

export interface SaleOptions {
  readonly servers: Servers
  /** The action they buy by. */
  readonly action: string
  readonly buyers: number
  readonly items: number
}

export interface SaleReport {
  /** What the database says was sold. */
  readonly sold: number
  /** Answers that said: too much is going on, nothing was done. Each was followed by another try. */
  readonly again: number
  /** Nothing where what was told, what was sold and what is left agree, and nobody was told anything else. */
  readonly wrong: readonly string[]
}

/** Tries of one buyer, and the longest pause between two of them. */
const MOST_TRIES = 60
const PAUSE_MS = 100

/** Sells one good out. */
export async function sellOut({ servers, action, buyers, items }: SaleOptions): Promise<SaleReport> {
  const made = await servers.ask(0, { path: '/api/v1/goods', body: { stock: items } })
  const good = String(made?.json['id'])
  const count = { again: 0 }
  const wrong: string[] = []
  const buy = async (buyer: number): Promise<boolean> => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const reply = await servers.ask(buyer, { path: `/api/v1/sales/${action}`, body: { good, buyer } })
      if (reply?.status !== 503 || !reply.text.includes('nothing was done')) return decided(reply, wrong)
      count.again++
      await sleep(PAUSE_MS * ((buyer % 10) + 1) * 0.1)
    }
    wrong.push(`buyer ${buyer} was told ${MOST_TRIES} times to try again`)
    return false
  }
  const told = await Promise.all(Array.from({ length: buyers }, (_, buyer) => buy(buyer)))
  const winners = told.flatMap((has, buyer) => (has ? [buyer] : []))
  const sales = await salesOf(servers, good)
  const stock = Number((await servers.ask(0, { path: `/api/v1/goods/${good}` }))?.json['stock'])
  if (winners.length !== items) wrong.push(`${winners.length} were told that they have one of ${items}`)
  if (sales.join() !== winners.join()) wrong.push(`told: ${winners.join()}\nsold to: ${sales.join()}`)
  if (stock !== 0) wrong.push(`${stock} are left`)
  return { sold: sales.length, again: count.again, wrong }
}

function decided(reply: Reply, wrong: string[]): boolean {
  const isSoldOut = reply?.status === 409 && reply.json['code'] === 'sold_out'
  const hasOne = reply?.status === 200
  if (!isSoldOut && !hasOne) wrong.push(reply === undefined ? 'a buyer was cut off' : `${reply.status} ${reply.text}`)
  return hasOne
}

/** Whom it was sold to, in the order of their numbers. */
async function salesOf(servers: Servers, good: string): Promise<number[]> {
  const buyers: number[] = []
  let path: string | undefined = `/api/v1/sales?good=${good}&limit=100`
  while (path !== undefined) {
    const reply: Reply = await servers.ask(0, { path })
    const { data, next } = reply?.json ?? {}
    for (const { buyer } of data as readonly { readonly buyer: number }[]) buyers.push(buyer)
    path =
      typeof next === 'string' ? `/api/v1/sales?good=${good}&limit=100&after=${encodeURIComponent(next)}` : undefined
  }
  return buyers.toSorted((one, other) => one - other)
}
