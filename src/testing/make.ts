// Factories: a valid row of any resource made from its model, with whatever it refers to.
import { collectIssues } from '../define/fields/issues.ts'
import type { Fields } from '../define/field.ts'
import type { AnyField, AnyResource, Patch, Resource, Row } from '../define/resource.ts'
import type { Tx } from '../define/tx.ts'
import { noOne } from '../call/caller.ts'
import { fromInside } from '../call/deed.ts'
import { transact } from '../call/transact.ts'
import type { Server } from '../server/start.ts'

/**
 * Makes a row by server code: what is required and not given gets a valid value, another one for each row; rows it must
 * refer to are made first, in its tenant where it has one: the given one, that of a row it is given to refer to, or a
 * new one. Fails as `tx.create` does, where the values do not fit together.
 */
export type Make = <N extends string, F extends Fields, O extends string>(
  noun: Resource<N, F, O>,
  given?: Patch<Resource<N, F, O>>,
) => Promise<Row<Resource<N, F, O>>>

interface Making {
  readonly server: Server
  readonly tx: Tx
  /** The next number of a resource: what its samples differ by. */
  readonly next: (name: string) => number
}

type Values = Readonly<Record<string, unknown>>

/** The factory of an app. */
export function factoryOf(server: Server): Make {
  const counts = new Map<string, number>()
  const next = (name: string): number => {
    const n = (counts.get(name) ?? 0) + 1
    counts.set(name, n)
    return n
  }
  const { house } = server.house
  const make = (noun: AnyResource, given: Values = {}): Promise<unknown> =>
    transact(
      house,
      { operation: `${noun.name}.make`, caller: noOne, origin: fromInside },
      { isolation: 'locked' },
      (tx) => create({ server, tx, next }, noun, given),
    )
  return make as Make // erased like every verb inside; `Make` states the noun's own types
}

/** What a row is made beside: the tenant that it and all it refers to belong to, once there is one. */
interface Beside {
  readonly n: number
  readonly tenant: unknown
}

async function create(
  making: Making,
  noun: AnyResource,
  given: Values,
  of?: unknown,
): Promise<{ readonly id: string }> {
  const n = making.next(noun.name)
  const { tenant } = noun.spec
  const whose = tenant === undefined ? of : (given[tenant] ?? of ?? (await tenantOf(making, noun, given)))
  const own = tenant === undefined || whose === undefined ? given : { [tenant]: whose, ...given }
  const values = { ...(await sampled(making, noun.fields, { n, tenant: whose }, own)), ...own }
  return making.tx.create(noun, values)
}

/** The tenant of a row that refers to others: theirs. Without one it gets a tenant of its own. */
async function tenantOf(making: Making, { fields, spec }: AnyResource, given: Values): Promise<unknown> {
  for (const [name, { to }] of Object.entries(fields)) {
    const target = to === undefined ? undefined : targetOf(making, to)
    const id = given[name]
    if (target?.spec.tenant === undefined || typeof id !== 'string') continue
    return Reflect.get(await making.tx.get(target, id), target.spec.tenant)
  }
  const field = fields[spec.tenant ?? '']
  return field && sampleOf(making, field, { n: 0, tenant: undefined })
}

async function sampled(making: Making, fields: Fields, beside: Beside, given: Values): Promise<Values> {
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    if (!(name in given) && isNeeded(field)) values[name] = await sampleOf(making, field, beside)
  }
  return values
}

function isNeeded({ options }: AnyField): boolean {
  const { optional, derived, computed } = options
  return !optional && !derived && !computed && options.default === undefined
}

async function sampleOf(making: Making, field: AnyField, { n, tenant }: Beside): Promise<unknown> {
  const { kind, to, of } = field
  if (to !== undefined) return (await create(making, targetOf(making, to), {}, tenant)).id
  const wire = kind.sample(n)
  if (of === undefined) return kind.parse(wire, '', collectIssues())
  const items: Values[] = []
  // As many as the kind thinks are needed; each with rows of its own to refer to.
  for (const at of Array.isArray(wire) ? wire.keys() : [])
    items.push(await sampled(making, of, { n: n + at, tenant }, {}))
  return items
}

function targetOf({ server }: Making, name: string): AnyResource {
  const noun = server.model.nouns.get(name)
  if (noun === undefined) throw new TypeError(`"${name}" is not among the app's parts`)
  return noun.resource
}
