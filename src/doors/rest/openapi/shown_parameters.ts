// What a read shows: `fields` chooses fields, `expand` puts rows in the place of references.
import { pageLimits } from '../../../base/limits.ts'
import type { Model } from '../../../define/model.ts'
import type { Noun, NounField } from '../../../define/noun.ts'
import type { Parameter } from './document.ts'
import type { Making } from './making.ts'
import { shownOf } from './noun_schemas.ts'

/** Paths named one by one; with more of them the contract gives their form alone. */
const NAMED_PATHS = 60

/** The two parameters; only `fields` where the noun has no reference. */
export function shownParameters({ model }: Making, noun: Noun): Parameter[] {
  const names = ['id', 'createdAt', 'updatedAt', ...shownOf(noun).map(({ name }) => name)]
  const fields: Parameter = {
    name: 'fields',
    in: 'query',
    description: 'The fields to answer with, separated by commas; `id` is always there.',
    required: false,
    style: 'form',
    explode: false,
    schema: { type: 'array', minItems: 1, maxItems: names.length, items: { type: 'string', enum: names } },
    example: names.slice(0, 4).filter((name) => !name.endsWith('At')),
  }
  const paths = expandPaths(model, noun)
  return paths.length === 0 ? [fields] : [fields, expandParameter(paths)]
}

function expandParameter(paths: readonly string[]): Parameter {
  const form = { type: 'string', maxLength: 200, pattern: '^[a-zA-Z0-9]+(?:\\.[a-zA-Z0-9]+){0,5}$' }
  const named = paths.length <= NAMED_PATHS
  return {
    name: 'expand',
    in: 'query',
    description: `References to answer as rows, separated by commas; each at most ${pageLimits.expandDepth} deep.`,
    required: false,
    style: 'form',
    explode: false,
    schema: {
      type: 'array',
      minItems: 1,
      maxItems: Math.min(paths.length, NAMED_PATHS),
      items: named ? { type: 'string', enum: paths } : form,
    },
    example: paths.slice(0, 1),
  }
}

/** Every path `expand` takes, shorter ones first; a few more than are named tells that there are too many. */
function expandPaths(model: Model, noun: Noun): string[] {
  let level: readonly Step[] = [{ path: '', noun }]
  const paths: string[] = []
  for (let depth = 0; depth < pageLimits.expandDepth && paths.length <= NAMED_PATHS; depth++) {
    level = level.flatMap((step) => stepsFrom(model, step))
    paths.push(...level.map(({ path }) => path))
  }
  return paths
}

interface Step {
  readonly path: string
  readonly noun: Noun
}

function stepsFrom(model: Model, { path, noun }: Step): Step[] {
  const base = path === '' ? '' : `${path}.`
  const follow = (prefix: string, fields: readonly NounField[]): Step[] =>
    fields.flatMap((one) => {
      const target = one.shown && one.field.to !== undefined ? model.nouns.get(one.field.to) : undefined
      return target === undefined ? [] : [{ path: `${prefix}${one.name}`, noun: target }]
    })
  const inItems = noun.items
    .filter(({ shown }) => shown)
    .flatMap((items) => follow(`${base}${items.name}.`, items.fields))
  return [...follow(base, noun.fields), ...inItems]
}
