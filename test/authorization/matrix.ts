// Asks cells of the matrix one after the other, and says where an answer or the tables are not as the policy says.
import { type Random, seededRandom } from '../../src/base/random.ts'
import type { Said } from '../surface/test_server.ts'
import type { Cell } from './cell.ts'
import { cellsOf } from './cells.ts'
import type { Asking, Scene } from './scene.ts'

/** A way to send, to put a fault between. */
export type Send = (asking: Asking) => Promise<Said>

export interface Asked {
  readonly cells: number
  readonly refused: number
  readonly mismatches: readonly string[]
}

/** `count` of the cells, drawn by the seed; all of them, in order, without a count. */
export function drawn(scene: Scene, count: number | undefined, seed: number): Cell[] {
  const cells = cellsOf(scene)
  return count === undefined ? cells : shuffled(cells, seededRandom(seed)).slice(0, count)
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const left = [...list]
  for (let at = left.length - 1; at > 0; at--) {
    const other = Math.floor(random.fraction() * (at + 1))
    const [one, two] = [left[at]!, left[other]!]
    left[at] = two
    left[other] = one
  }
  return left
}

/** Asks the cells. Every cell that may change nothing is compared with the tables before it. */
export async function ask(
  scene: Scene,
  cells: readonly Cell[],
  send: Send = (asking) => scene.send(asking),
): Promise<Asked> {
  const mismatches: string[] = []
  let before = await scene.stored()
  let refused = 0
  for (const cell of cells) {
    const said = await send(cell)
    const wrong = cell.judge(said)
    if (wrong !== undefined) mismatches.push(`${cell.title}: ${wrong}`)
    if (said.status >= 400) refused += 1
    if (isLook(cell)) continue
    const after = await scene.stored()
    if (after !== before && !cell.changes) mismatches.push(`${cell.title}: answered ${said.status}, and rows changed`)
    if (after === before) continue
    await scene.restore()
    before = await scene.stored()
  }
  // What only looks is compared once, at the end.
  if ((await scene.stored()) !== before) mismatches.push('a question that only looks changed rows')
  return { cells: cells.length, refused, mismatches }
}

const isLook = ({ ask: { method } }: Cell): boolean => method === 'GET' || method === 'HEAD'
