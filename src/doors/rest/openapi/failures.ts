// Which problems an operation can really be answered with, read off the steps it walks.
import { type Code, type ProblemKind, problemKinds } from '../../../base/pure/problem.ts'
import type { Model } from '../../../define/model.ts'
import type { Noun, NounField } from '../../../define/noun.ts'
import { isCreate, isSafe, type Operation, takesKey } from '../../../define/operation.ts'
import type { Verb } from '../../../define/resource.ts'
import type { Address } from '../address.ts'
import { needsMatch } from './head_parameters.ts'

/** What any request can meet before its operation is known: at the door, or where the machine fails. */
export const doorCodes: readonly Code[] = [
  'malformed',
  'not_acceptable',
  'uri_too_long',
  'unsupported_media_type',
  'expectation_failed',
  'headers_too_large',
  'internal',
  'unavailable',
]

/** What any request with a body can meet. */
export const bodyCodes: readonly Code[] = ['timeout', 'too_large', 'invalid']

/** The problems of an operation: the house's own codes, then the app's. */
export function failuresOf(model: Model, { operation, path }: Address): ProblemKind[] {
  // Any can be out of the scopes of a key, or asked for an organization that the caller is not in.
  const met: readonly Code[] = [...doorCodes, 'unauthenticated', 'forbidden', 'rate_limited']
  const codes = new Set<Code>([...met, ...codesOf(model, operation)])
  if (path.includes('/:id')) codes.add('not_found')
  const known = Object.values(problemKinds).filter(({ code }) => codes.has(code))
  return [...known, ...ownProblems(operation).filter((own) => !known.some(({ code }) => code === own.code))]
}

function codesOf(model: Model, operation: Operation): Code[] {
  const { verb, noun } = operation
  if (isSafe(operation)) return []
  const row: readonly Code[] = operation.scope === 'row' ? ['precondition_failed'] : []
  const needed: readonly Code[] = needsMatch(operation) ? ['precondition_required'] : []
  const keyed: readonly Code[] = takesKey(operation) ? ['conflict', 'invalid'] : []
  return ['storage_full', ...row, ...needed, ...keyed, ...writeCodes(model, verb, noun)]
}

function writeCodes(model: Model, verb: Operation['verb'], noun: Noun): readonly Code[] {
  const byVerb: Readonly<Record<typeof verb, readonly Code[]>> = {
    create: noun.uniques.length > 0 || noun.derive !== undefined ? [...bodyCodes, 'conflict'] : bodyCodes,
    update: [...bodyCodes, 'conflict'],
    replace: [...bodyCodes, 'conflict'],
    delete: deleteCodes(model, noun),
    // Its code may refuse for any of the usual reasons, and reads rows that may not be there.
    act: [...bodyCodes, 'conflict', 'not_found'],
    list: [],
    read: [],
    history: [],
  }
  return byVerb[verb]
}

// A row that others refer to is kept; one that others forget may leave them with values that do not fit together.
function deleteCodes(model: Model, noun: Noun): Code[] {
  const holders = [...model.nouns.values()].flatMap((one) => [
    ...one.fields,
    ...one.items.flatMap(({ fields }) => fields),
  ])
  const referring = holders.filter(({ field }) => field.to === noun.name)
  const has = (rule: NounField['field']['onDelete']): boolean => referring.some(({ field }) => field.onDelete === rule)
  return [...(has('restrict') ? ['conflict' as const] : []), ...(has('clear') ? ['invalid' as const] : [])]
}

/** The codes the app itself adds. */
function ownProblems({ noun, verb, action }: Operation): readonly ProblemKind[] {
  const { problems } = noun.resource.spec
  const listed: Verb | undefined = action === undefined ? verbOf(verb) : isCreate(action) ? 'create' : undefined
  const own = [...(action?.spec.problems ?? []), ...((listed && problems?.[listed]) ?? [])]
  return own.filter((kind, at) => own.findIndex(({ code }) => code === kind.code) === at)
}

const verbOf = (verb: Operation['verb']): Verb | undefined =>
  verb === 'replace' ? 'update' : verb === 'act' ? undefined : verb
