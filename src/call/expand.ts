// Expansions: references shown as the rows they name, one statement a level, each level under its own read rule.
import { pageLimits } from '../base/limits.ts'
import { Problem } from '../base/pure/problem.ts'
import type { Noun } from '../define/noun.ts'
import type { Model } from '../define/model.ts'

/** What to expand under each reference; items stand as levels of their own. */
export type ExpandTree = ReadonlyMap<string, ExpandTree>

/** Reads `customer,lines.product`. Fails with malformed, naming the path. */
export function readExpand(model: Model, noun: Noun, text: string): ExpandTree {
  const root = new Map<string, ExpandTree>()
  for (const path of text.split(',')) {
    const names = path.split('.')
    let level = root
    let place: Place = { noun, items: undefined }
    let depth = 0
    for (const name of names) {
      const next = follow(model, place, name)
      if (next === undefined) throw bad(path, `"${name}" is not a reference of ${place.noun.name}`)
      if (next.items === undefined && ++depth > pageLimits.expandDepth)
        throw bad(path, `it is deeper than ${pageLimits.expandDepth}`)
      if (!level.has(name)) level.set(name, new Map<string, ExpandTree>())
      level = level.get(name) as Map<string, ExpandTree> // made two lines above, as a Map
      place = next
    }
    if (place.items !== undefined) throw bad(path, 'it ends in items; name a reference inside them')
  }
  return root
}

interface Place {
  readonly noun: Noun
  /** The items whose fields come next, or undefined for the noun's own fields. */
  readonly items: string | undefined
}

function follow(model: Model, { noun, items }: Place, name: string): Place | undefined {
  const within = noun.items.find((one) => one.name === items)
  const field = (within?.fields ?? noun.fields).find((one) => one.name === name && one.shown)
  const target = field?.field.to === undefined ? undefined : model.nouns.get(field.field.to)
  if (target !== undefined) return { noun: target, items: undefined }
  const inner = within === undefined ? noun.items.find((one) => one.name === name && one.shown) : undefined
  return inner && { noun, items: inner.name }
}

const bad = (path: string, why: string): Problem => new Problem('malformed', `Parameter "expand": "${path}": ${why}.`)
