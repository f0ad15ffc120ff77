// What an action declares as its input: fields of our own, or any Standard Schema the app already has.
import type { Fields } from './field.ts'
import type { GivenOf } from './infer.ts'

/** The part of the Standard Schema interface (standardschema.dev, v1) that is used here. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
    readonly jsonSchema?: { readonly input: (options: { readonly target: string }) => Record<string, unknown> }
  }
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

export type ActionInput = Fields | StandardSchema

/** The checked value that an action's code receives: defaults filled in, null where an optional field was left out. */
export type Given<I> = I extends StandardSchema<infer O> ? O : I extends Fields ? GivenOf<I> : never

/** Is it a foreign schema rather than fields? */
export const isStandard = (input: ActionInput): input is StandardSchema => '~standard' in input
