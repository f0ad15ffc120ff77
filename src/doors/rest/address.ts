// Every operation's URL: one map over the operations, read by the router, the contract and the console alike.
import type { Model } from '../../define/model.ts'
import type { Inverse } from '../../define/noun.ts'
import { isCreate, isList, type Operation, type OperationVerb } from '../../define/operation.ts'
import type { Method } from '../http/route.ts'

export const apiRoot = '/api/v1'

/** Where the contract and its reader are. */
export const contractPath = `${apiRoot}/openapi.json`
export const docsPath = '/docs'

export interface Address {
  readonly operation: Operation
  readonly method: Method
  /** With `:id` for the row. */
  readonly path: string
  /** The list of a parent's children, where it is one. */
  readonly inverse: Inverse | undefined
  /** Unique name of the address: the operation's id, or `customers.orders` for an inverse list. */
  readonly name: string
}

const methods: { readonly [V in OperationVerb]: Method } = {
  list: 'GET',
  read: 'GET',
  history: 'GET',
  create: 'POST',
  update: 'PATCH',
  replace: 'PUT',
  delete: 'DELETE',
  act: 'POST',
}

/** The addresses of a model, in the order of its operations; lists of children after them. */
export function addressesOf(model: Model): Address[] {
  const own = model.operations.map((operation) => ({
    operation,
    method: operation.action?.spec.safe === true ? 'GET' : methods[operation.verb],
    path: pathOf(operation),
    inverse: undefined,
    name: operation.id,
  }))
  return [...own, ...inverseAddresses(model)]
}

function pathOf({ path, scope, verb, action }: Operation): string {
  const base = `${apiRoot}/${path}${scope === 'row' ? '/:id' : ''}`
  if (verb === 'history') return `${base}/history`
  return action === undefined || isCreate(action) || isList(action) ? base : `${base}/${action.name}`
}

function inverseAddresses(model: Model): Address[] {
  return [...model.nouns.values()].flatMap((parent) =>
    parent.inverses.flatMap((inverse): Address[] => {
      const operation = model.operations.find((one) => one.noun.name === inverse.noun && one.verb === 'list')
      if (operation === undefined) return []
      const path = `${apiRoot}/${parent.path}/:id/${inverse.name}`
      return [{ operation, method: 'GET', path, inverse, name: `${parent.name}.${inverse.name}` }]
    }),
  )
}
