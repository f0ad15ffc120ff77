// What an operation is called and who may call it, in sentences made from the model.
import type { Allow } from '../../../define/allow.ts'
import type { Noun } from '../../../define/noun.ts'
import { isCreate, isList, type Operation } from '../../../define/operation.ts'
import type { CallerRule } from '../../../define/rule.ts'
import type { Address } from '../address.ts'
import type { Making } from './making.ts'

/** The one line under which tools list the operation. */
export function summaryOf(making: Making, { operation, inverse, path }: Address): string {
  const { words, plural } = making.names(operation.noun)
  if (inverse !== undefined) return `List the ${inverse.name} of ${parentWords(making, path)}`
  const { verb, action, scope } = operation
  const isMaking = action !== undefined && isCreate(action)
  const isListing = action !== undefined && isList(action)
  const byVerb: Readonly<Record<typeof verb, string>> = {
    list: `List ${plural}`,
    read: `Read ${words}`,
    history: `Read the history of ${words}`,
    create: `Create ${words}`,
    update: `Change ${words}`,
    replace: `Replace ${words}`,
    delete: `Delete ${words}`,
    act: isMaking
      ? `Create ${words}`
      : isListing
        ? `List ${plural}`
        : actionWords(action?.name ?? '', scope, words, plural),
  }
  return byVerb[verb]
}

function parentWords(making: Making, path: string): string {
  const parent = [...making.model.nouns.values()].find((noun) => path.includes(`/${noun.path}/:id/`))
  return parent === undefined ? 'a row' : making.names(parent).words
}

function actionWords(name: string, scope: Operation['scope'], words: string, plural: string): string {
  const verb = name.replaceAll(/[-/]/g, ' ').replace(/^./, (letter) => letter.toUpperCase())
  return scope === 'row' ? `${verb} (${words})` : `${verb} (${plural})`
}

/** What the operation does, what is worth knowing of it, and who may call it. */
export function descriptionOf(making: Making, address: Address): string {
  const { operation } = address
  const own = operation.action?.spec.description?.replace(/\.?$/, '.')
  return [own ?? `${summaryOf(making, address)}.`, ...notesOf(operation), callersOf(operation)].join(' ')
}

function notesOf({ verb, noun, action }: Operation): string[] {
  if (verb === 'list') return ['Pages follow one another by key, so rows made or deleted meanwhile move no other row.']
  if (verb === 'history')
    return ['Newest first: each change of the row, with the fields that differ before and after it.']
  if (verb === 'update') return ['Fields that are absent stay as they are; null clears what is optional.']
  if (verb === 'replace') return ['Fields that are absent get their default, or null.']
  const items = noun.items.length > 0 && verb === 'create' ? ['All of it is written, or nothing is.'] : []
  return action?.spec.output === 'nothing' ? [...items, 'It answers with nothing.'] : items
}

/** `Open to the role staff, or to the owner of the row.` */
function callersOf({ allow, noun }: Operation): string {
  const words = new Set([...allow.callers.map(callerWords), ...allow.rows.map((expr) => rowWords(expr, noun))])
  return `Open to ${words.size === 0 ? 'nobody' : [...words].join(', or to ')}.`
}

function callerWords({ rule, role }: CallerRule): string {
  if (rule === 'anyone') return 'anyone'
  if (rule === 'signedIn') return 'everyone who is signed in'
  return rule === 'member' ? `members with the role \`${role ?? ''}\`` : `the role \`${role ?? ''}\``
}

function rowWords(expr: Allow['rows'][number], noun: Noun): string {
  if (expr.op === 'is' && 'column' in expr.left && 'caller' in expr.right) {
    if (expr.left.column === noun.owner && expr.right.caller === 'id') return 'the owner of the row'
    if (expr.left.column === noun.tenant && expr.right.caller === 'tenant') return 'everyone of the tenant of the row'
  }
  return 'callers for whom the rule of the row holds'
}
