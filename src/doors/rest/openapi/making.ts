// What every part of the contract is made from: the model, the names of its schemas, the shelf they go to.
import type { Model } from '../../../define/model.ts'
import type { Noun } from '../../../define/noun.ts'
import { namesOf, type NounNames } from './names.ts'
import { createShelf, type Shelf } from './shelf.ts'

export interface Making {
  readonly model: Model
  readonly shelf: Shelf
  /** Names of the noun's schemas. */
  readonly names: (noun: Noun) => NounNames
}

/** Begins a contract. */
export function makingOf(model: Model): Making {
  const names = namesOf(model)
  return {
    model,
    shelf: createShelf(),
    names({ name }) {
      const found = names.get(name)
      if (found === undefined) throw new TypeError(`"${name}" is not a noun of this app`)
      return found
    },
  }
}
