// The matrix: every address of a model, for every person and every row, in every way of asking.
import { addressesOf } from '../../src/doors/rest/address.ts'
import type { AnyResource } from '../../src/define/resource.ts'
import type { Cell } from './cell.ts'
import { readingCells } from './reading_cells.ts'
import type { Scene } from './scene.ts'
import { writingCells } from './writing_cells.ts'

/** Rows of one resource that are asked for; the shop has no more, and every relation is among them. */
const mostRows = 8

/** Every cell of a scene. Flows of sign-in are no matter of rules; they have tests of their own. */
export function cellsOf(scene: Scene): Cell[] {
  const addresses = addressesOf(scene.model).filter(({ operation }) => !isFlow(operation.noun.resource, operation.verb))
  return scene.people.flatMap((person) =>
    addresses.flatMap((address) => {
      const { noun, verb } = address.operation
      const policy = { world: scene.world, person, noun: noun.resource }
      const rows = (scene.world.get(noun.name) ?? []).slice(0, mostRows)
      const place = { scene, address, policy, person, rows }
      return ['list', 'read', 'history'].includes(verb) ? readingCells(place) : writingCells(place)
    }),
  )
}

const isFlow = ({ name }: AnyResource, verb: string): boolean => name.startsWith('plinth_') && verb === 'act'
