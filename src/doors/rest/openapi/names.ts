// Names of components: what a generated client calls its classes, so they must last and never meet.
import type { Model } from '../../../define/model.ts'

/** Names of a noun's schemas. */
export interface NounNames {
  /** `Order`: a row as writes answer it. */
  readonly row: string
  /** `OrderView`: a row as reads answer it, with chosen fields and expanded references. */
  readonly view: string
  readonly page: string
  /** `OrderChange` and `OrderHistory`: a line of a row's history, and a page of them. */
  readonly change: string
  readonly history: string
  readonly fresh: string
  readonly patch: string
  /** `an order`: one row, in a sentence. */
  readonly words: string
  /** `orders`: the rows, in a sentence. */
  readonly plural: string
}

/** Names the contract needs for itself. */
const taken = ['Problem', 'FieldError', 'Health', 'Readiness', 'Contract', 'Batch', 'BatchAnswer', 'RowReference']

/** The names of every noun, by its name. Where two nouns would meet, the later keeps its plural or gets a number. */
export function namesOf(model: Model): ReadonlyMap<string, NounNames> {
  const used = new Set(taken)
  const names = new Map<string, NounNames>()
  for (const noun of model.nouns.values()) {
    const name = noun.path.replaceAll('/', '_')
    const plain = [pascal(singular(name)), pascal(name)]
    const numbered = Array.from({ length: used.size + 1 }, (_, at) => `${pascal(name)}${at + 2}`)
    const free = [...plain, ...numbered].map((base) => namesFrom(base, name)).find((some) => !meets(some, used))
    if (free === undefined) throw new TypeError(`no name is left for the schemas of "${name}"`)
    for (const one of schemasOf(free)) used.add(one)
    names.set(noun.name, free)
  }
  return names
}

const schemasOf = ({ row, view, page, change, history, fresh, patch }: NounNames): string[] => [
  row,
  view,
  page,
  change,
  history,
  fresh,
  patch,
]
const meets = (some: NounNames, used: ReadonlySet<string>): boolean => schemasOf(some).some((one) => used.has(one))

function namesFrom(base: string, noun: string): NounNames {
  const one = singular(noun).replaceAll('_', ' ')
  return {
    row: base,
    view: `${base}View`,
    page: `${base}Page`,
    change: `${base}Change`,
    history: `${base}History`,
    fresh: `New${base}`,
    patch: `${base}Patch`,
    words: `${/^[aeio]/.test(one) ? 'an' : 'a'} ${one}`,
    plural: noun.replaceAll('_', ' '),
  }
}

/** `order_lines` or `take-back` as `OrderLines`, `TakeBack`. */
export const pascal = (name: string): string =>
  name.replace(/(?:^|[_/-])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()).replaceAll(/[^A-Za-z0-9]/g, '')

const irregular: ReadonlyMap<string, string> = new Map([
  ['people', 'person'],
  ['children', 'child'],
  ['men', 'man'],
  ['women', 'woman'],
  ['movies', 'movie'],
  ['cookies', 'cookie'],
  ['series', 'series'],
  ['species', 'species'],
  ['news', 'news'],
  ['indices', 'index'],
  ['criteria', 'criterion'],
])

/** The singular of an English plural. A wrong guess costs a strange name, never a wrong contract. */
export function singular(plural: string): string {
  const at = plural.lastIndexOf('_') + 1
  const [before, word] = [plural.slice(0, at), plural.slice(at)]
  return before + (irregular.get(word) ?? regular(word))
}

function regular(word: string): string {
  if (/[^aeiou]ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`
  if (/(?:ss|sh|ch|x|zz|[^aoe]us)es$/.test(word)) return word.slice(0, -2)
  return /[^sui]s$/.test(word) ? word.slice(0, -1) : word
}
