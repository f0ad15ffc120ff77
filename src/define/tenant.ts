// The field that a resource with a tenant has of itself: which organization a row belongs to, set by the server alone.
import type { Field, Fields } from './field.ts'
import { ref } from './fields/ref.ts'
import type { Id } from './infer.ts'

/** The noun of the house whose rows are the tenants of people who sign in. */
export const organizationNoun = 'plinth_organizations'

/** Never on the wire: a client chooses the organization for a whole request, and is shown no other's rows. */
export type TenantField = Field<
  Id<typeof organizationNoun>,
  { readonly readonly: true; readonly private: true },
  typeof organizationNoun
>

/** The fields of a resource, with that of its tenant where they do not declare it themselves. */
export type WithTenant<F extends Fields, Tenant extends string> = [Tenant] extends [keyof F]
  ? F
  : F & { readonly [T in Tenant]: TenantField }

const field: TenantField = ref(organizationNoun, { readonly: true, private: true })

interface Spec {
  readonly fields: Fields
  readonly tenant?: string
}

/** The fields with that of the tenant first, where it is not declared. Fails with TypeError for a name misspelt. */
export function withTenant(name: string, { fields, tenant }: Spec): Fields {
  if (tenant === undefined || tenant in fields) return fields
  const meant = Object.entries(fields).find(([, { to, options }]) => to === organizationNoun && options.readonly)
  if (meant !== undefined) throw new TypeError(`${name}.tenant: "${tenant}" is no field of it; "${meant[0]}" is meant`)
  return { [tenant]: field, ...fields }
}

/** Does anything of the app belong to organizations? */
export const hasTenants = (nouns: ReadonlyMap<string, { readonly tenant: string | undefined }>): boolean =>
  [...nouns.values()].some(({ tenant }) => tenant !== undefined)
