// The shape of an OpenAPI 3.1 document, as far as the contract uses it.
import type { JsonSchema } from '../../../define/field.ts'

/** Points at a component of the same document. */
export interface Reference {
  readonly $ref: string
}

export type Schema = JsonSchema | Reference

export interface Example {
  readonly summary: string
  readonly value: unknown
}

export interface MediaType {
  readonly schema: Schema
  readonly example?: unknown
  readonly examples?: { readonly [name: string]: Example }
}

export type Content = { readonly [mediaType: string]: MediaType }

export interface Header {
  readonly description: string
  /** True where every such answer has it. */
  readonly required?: boolean
  readonly schema: JsonSchema
}

export type Headers = { readonly [name: string]: Header | Reference }

export interface Response {
  readonly description: string
  readonly headers: Headers
  readonly content?: Content
}

export type Responses = { readonly [status: string]: Response | Reference }

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly description: string
  readonly required?: boolean
  readonly style?: 'deepObject' | 'form' | 'simple'
  readonly explode?: boolean
  readonly schema: Schema
  readonly example?: unknown
}

export interface RequestBody {
  readonly description: string
  readonly required: boolean
  readonly content: Content
}

export interface OperationObject {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly security: readonly { readonly [scheme: string]: readonly string[] }[]
  readonly parameters: readonly (Parameter | Reference)[]
  readonly requestBody?: RequestBody
  readonly responses: Responses
}

export type PathItem = { readonly [method: string]: OperationObject }

export interface Components {
  readonly schemas: { readonly [name: string]: Schema }
  readonly responses: { readonly [name: string]: Response }
  readonly parameters: { readonly [name: string]: Parameter }
  readonly headers: { readonly [name: string]: Header }
  readonly securitySchemes: { readonly [name: string]: { readonly [key: string]: string | object } }
}

export interface Info {
  readonly title: string
  readonly version: string
  readonly description: string
  readonly contact: { readonly name: string; readonly url?: string; readonly email?: string }
  readonly license: { readonly name: string; readonly identifier?: string; readonly url?: string }
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: Info
  readonly servers: readonly { readonly url: string; readonly description: string; readonly 'x-internal': boolean }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly security: OperationObject['security']
  readonly paths: { readonly [path: string]: PathItem }
  readonly components: Components
}

/** Is it a pointer to a component rather than the thing itself? */
export const isReference = (value: object): value is Reference => '$ref' in value
