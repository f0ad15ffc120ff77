// The contract: OpenAPI 3.1, one map over the addresses of a model.
import type { Model } from '../../../define/model.ts'
import { addressesOf, apiRoot } from '../address.ts'
import { batchObject } from './batch_path.ts'
import type { Info, OpenApiDocument, PathItem } from './document.ts'
import { type Making, makingOf } from './making.ts'
import { operationObject } from './operation_object.ts'
import { providerPaths, providerTags } from './provider_paths.ts'
import { securitySchemes, signedInOnly } from './security.ts'
import { servicePaths } from './service_paths.ts'
import { signInPaths, signInTags } from './sign_in_paths.ts'

/** What the model does not know of its API. */
export interface ContractOptions {
  /** Default: the app's name. */
  readonly title?: string
  /** Of the API, not of OpenAPI; default 1.0.0. */
  readonly version?: string
  readonly description?: string
  readonly contact?: Info['contact']
  readonly license?: Info['license']
}

/** The contract of a model. Equal models give equal bytes: nothing in it depends on time or place. */
export function openApi(model: Model, options: ContractOptions = {}): OpenApiDocument {
  const making = makingOf(model)
  const paths = {
    ...operationPaths(making),
    [`${apiRoot}/batch`]: { post: batchObject(making) },
    ...signInPaths(making.shelf, model.app),
    ...providerPaths(making.shelf, model.app),
    ...servicePaths(making.shelf),
  }
  return {
    openapi: '3.1.0',
    info: infoOf(model, options),
    servers: [
      { url: '/', description: 'The server that answered this, in production as in tests.', 'x-internal': false },
    ],
    tags: tagsOf(making),
    security: signedInOnly,
    paths,
    components: { ...making.shelf.components(), securitySchemes: securitySchemes(model) },
  }
}

function operationPaths(making: Making): { readonly [path: string]: PathItem } {
  const paths: Record<string, Record<string, PathItem[string]>> = {}
  for (const address of addressesOf(making.model)) {
    const item = (paths[address.path.replace(':id', '{id}')] ??= {})
    item[address.method.toLowerCase()] = operationObject(making, address)
  }
  return paths
}

function infoOf({ name }: Model, options: ContractOptions): Info {
  const { title = name, version = '1.0.0', description = `The API of ${title}.` } = options
  const { contact = { name: title } } = options
  // SPDX has no word for "all rights reserved", which is what holds where an app says nothing; its own references may
  // be made up.
  const { license = { name: 'All rights reserved', identifier: 'LicenseRef-All-Rights-Reserved' } } = options
  return { title, version, description, contact, license }
}

function tagsOf({ model, names }: Making): OpenApiDocument['tags'] {
  const used = new Map(model.operations.map(({ path, noun }) => [path, noun]))
  const own = [...used].map(([name, noun]) => {
    const { description = `The ${names(noun).plural}.` } = noun.resource.spec
    return { name, description }
  })
  return [
    ...own,
    ...signInTags(model.app),
    ...providerTags(model.app),
    { name: 'Service', description: 'The process itself: several operations at once, its health, this contract.' },
  ]
}
