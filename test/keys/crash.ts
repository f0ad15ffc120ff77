// Kills a server at a point of its work while twins ask it, and judges what the next one says and what was done.
import type { Random } from '../../src/base/random.ts'
import { asAnn, asStaff } from './scene.ts'
import type { Asking, Child, Reply } from './processes.ts'

/** What is asked twice, and what it does when it is done once. */
interface Flow {
  readonly name: string
  /** In stock when it is asked first. */
  readonly stock: number
  readonly ask: (product: string) => Asking
  /** What it takes from the stock when it succeeds. */
  readonly takes: number
}

const flows: readonly Flow[] = [
  { name: 'sale', stock: 9, takes: 2, ask: (product) => ({ path: '/api/v1/sales', body: { product, quantity: 2 } }) },
  {
    name: 'serializable sale',
    stock: 9,
    takes: 2,
    ask: (product) => ({ path: '/api/v1/sales/read-and-sell', body: { product, quantity: 2 } }),
  },
  {
    name: 'batch',
    stock: 9,
    takes: 2,
    ask: (product) => ({
      path: '/api/v1/batch',
      body: {
        operations: [1, 1].map((quantity) => ({
          method: 'POST',
          path: '/api/v1/sales',
          body: { product, quantity },
        })),
      },
    }),
  },
  // Refused, then restocked: whoever was told no must be told no again.
  {
    name: 'refusal',
    stock: 1,
    takes: 5,
    ask: (product) => ({ path: '/api/v1/sales', body: { product, quantity: 5 } }),
  },
]

/** The stock after the crash, so that what was refused could be done. */
const RESTOCKED = 9

/** Points of one call, and some more: a call may also be over before its process dies. */
const POINTS = 26
const MOST_TWINS = 6

export interface CrashOptions {
  readonly random: Random
  readonly start: () => Promise<Child>
  readonly rounds: number
  /** Only the flow of this name. */
  readonly only?: string
}

/** Runs rounds of it; answers what is wrong, each with all that was said. Nothing where all is well. */
export async function crashRounds({ random, start, rounds, only }: CrashOptions): Promise<string[]> {
  const wrong: string[] = []
  const chosen = flows.filter(({ name }) => only === undefined || name === only)
  const state = { child: await start() }
  try {
    for (let round = 0; round < rounds; round++) {
      const whole = (below: number): number => Math.floor(random.fraction() * below)
      const flow = chosen[whole(chosen.length)]!
      const [killAt, twins] = [1 + whole(POINTS), 1 + whole(MOST_TWINS)]
      const found = await crashRound(state, { flow, killAt, twins, key: `crash-${round}-${whole(1e9)}`, start })
      const where = `round ${round}, ${flow.name}, ${twins} twins, killed at ${killAt}`
      wrong.push(...found.map((what) => `${where}: ${what}`))
    }
  } finally {
    await state.child.kill()
  }
  return wrong
}

interface Round {
  readonly flow: Flow
  readonly killAt: number
  readonly twins: number
  readonly key: string
  readonly start: () => Promise<Child>
}

async function crashRound(state: { child: Child }, { flow, killAt, twins, key, start }: Round): Promise<string[]> {
  const product = await makeProduct(state.child, `product of ${key}`, flow.stock)
  const asking: Asking = { ...flow.ask(product), key, as: asAnn }
  await state.child.arm(killAt)
  const before = await Promise.all(Array.from({ length: twins }, () => state.child.ask(asking)))
  await state.child.kill() // where it did not die by itself
  state.child = await start()
  const stockBefore = await stockOf(state.child, product)
  if (flow.stock < flow.takes) await restock(state.child, product)
  const after = [await decided(state.child, asking), await decided(state.child, asking)]
  const stock = await stockOf(state.child, product)
  const stocked = flow.stock < flow.takes && stockBefore === flow.stock ? RESTOCKED : flow.stock
  return judge(flow, { before, after, taken: stocked - stock })
}

interface History {
  readonly before: readonly Reply[]
  readonly after: readonly Reply[]
  readonly taken: number
}

function judge(flow: Flow, { before, after, taken }: History): string[] {
  const told = [...before, ...after].filter((reply) => reply !== undefined && !isRunning(reply))
  const [first] = told
  const histories = ['', '  before:', ...before.map(shown), '  after:', ...after.map(shown)].join('\n')
  const wrong: string[] = []
  if (first === undefined) return [`nothing was ever decided${histories}`]
  if (told.some((reply) => shown(reply) !== shown(first))) wrong.push(`not every reply is the same${histories}`)
  if (after[1]?.headers['idempotent-replayed'] !== 'true') wrong.push(`the last reply is no replay${histories}`)
  const isDone = first.status < 300
  if (taken !== (isDone ? flow.takes : 0)) wrong.push(`${taken} was taken${histories}`)
  return wrong
}

const isRunning = (reply: NonNullable<Reply>): boolean =>
  reply.status === 409 && reply.headers['retry-after'] !== undefined

const shown = (reply: Reply): string =>
  reply === undefined
    ? 'cut off'
    : `${reply.status} ${reply.headers['location'] ?? ''} ${reply.headers['content-type'] ?? ''} ${reply.text}`

/** Asks until it is decided: a server that was killed may hold its lock for a moment. */
async function decided(child: Child, asking: Asking): Promise<Reply> {
  for (let tries = 0; ; tries++) {
    const reply = await child.ask(asking)
    if (reply === undefined || !isRunning(reply) || tries === 100) return reply
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function makeProduct(child: Child, name: string, stock: number): Promise<string> {
  const made = await child.ask({ path: '/api/v1/products', as: asStaff, body: { name, stock } })
  if (made?.status !== 201) throw new Error(`no product was made: ${shown(made)}`)
  return String(made.json['id'])
}

async function stockOf(child: Child, product: string): Promise<number> {
  return Number((await child.ask({ path: `/api/v1/products/${product}` }))?.json['stock'])
}

async function restock(child: Child, product: string): Promise<void> {
  await child.ask({ method: 'PATCH', path: `/api/v1/products/${product}`, as: asStaff, body: { stock: RESTOCKED } })
}
