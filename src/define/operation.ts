// An operation: one thing that can be called, whatever the door. An app is a list of these.
import { type Allow, readAllow } from './allow.ts'
import type { Action } from './action.ts'
import type { Noun } from './noun.ts'
import type { AnyResource } from './resource.ts'

/**
 * `list`, `read` and `history` only look; the others write. `replace` is an update that names every field; `act` is the
 * app's.
 */
export type OperationVerb = 'list' | 'read' | 'history' | 'create' | 'update' | 'replace' | 'delete' | 'act'

export interface Operation {
  /** `orders.create`, `orders.pay`: what logs, audit, contract and idempotency call it. */
  readonly id: string
  readonly verb: OperationVerb
  readonly noun: Noun
  /** Below the root of the API: where the rows are, or the verbs on their collection. */
  readonly path: string
  readonly allow: Allow
  readonly scope: 'row' | 'collection'
  readonly action: Action<AnyResource> | undefined
}

/** Does it leave everything as it was? */
export const isSafe = ({ verb, action }: Operation): boolean =>
  verb === 'list' || verb === 'read' || verb === 'history' || action?.spec.safe === true

/** Is its answer remembered for a key? Not that of one that looks, and never credentials. */
export const takesKey = (operation: Operation): boolean =>
  !isSafe(operation) && operation.action?.spec.issuesCredentials !== true

/** Is it refused without a key? */
export const needsKey = (operation: Operation): boolean =>
  takesKey(operation) && (operation.action?.spec ?? operation.noun.resource.spec).requireKey === true

/** The operations of one noun: those its `allow` names, then its actions. */
export function operationsOf(noun: Noun, actions: readonly Action<AnyResource>[]): Operation[] {
  const given = noun.resource.spec.allow
  const creates = actions.some((one) => isCreate(one))
  const lists = actions.some((one) => isList(one))
  const generated: Operation[] = []
  const add = (verb: OperationVerb, scope: 'row' | 'collection', allow: Allow): void => {
    const { path } = noun
    generated.push(Object.freeze({ id: idOf(path, verb), verb, noun, path, allow, scope, action: undefined }))
  }
  if (given.list && !lists) add('list', 'collection', noun.allow.list)
  if (given.create && !creates) add('create', 'collection', noun.allow.create)
  if (given.read) add('read', 'row', noun.allow.read)
  if (given.history) add('history', 'row', noun.allow.history)
  if (given.update) add('update', 'row', noun.allow.update)
  if (given.update) add('replace', 'row', noun.allow.update)
  if (given.delete) add('delete', 'row', noun.allow.delete)
  return [...generated, ...actions.map((action) => actOf(noun, action))]
}

/** Does the action take the place of the generated create? */
export const isCreate = (action: Action<AnyResource>): boolean =>
  action.scope === 'collection' && action.name === 'create'

/** Does it take the place of the generated list? */
export const isList = (action: Action<AnyResource>): boolean =>
  action.scope === 'collection' && action.name === 'list' && action.spec.safe === true

const idOf = (path: string, name: string): string => `${path}.${name}`.replaceAll('/', '.')

function actOf(noun: Noun, action: Action<AnyResource>): Operation {
  const path = action.scope === 'collection' ? noun.actionsPath : noun.path
  const id = idOf(path, action.name)
  const allow = readAllow(noun.resource, action.spec.allow, id)
  if (action.scope === 'collection' && allow.rows.length > 0) {
    throw new TypeError(`${id}: an action on the collection has no row; allow callers (anyone, signedIn, role) only`)
  }
  return Object.freeze({ id, verb: 'act', noun, path, allow, scope: action.scope, action })
}
