// Joins an app: every part found, every name resolved, every rule read. What is wrong in a definition stops here.
import type { Action } from './action.ts'
import type { App } from './app.ts'
import type { Compute, Derive } from './derive.ts'
import type { Event, Handler } from './event.ts'
import type { Invariant } from './invariant.ts'
import type { Job, Schedule } from './job.ts'
import { housePrefix, type Inverse, type Noun, readNoun } from './noun.ts'
import { type Operation, operationsOf } from './operation.ts'
import type { AnyResource } from './resource.ts'

export interface Model {
  readonly name: string
  readonly app: App
  readonly nouns: ReadonlyMap<string, Noun>
  readonly operations: readonly Operation[]
  readonly events: ReadonlyMap<string, Event>
  readonly handlers: readonly Handler[]
  readonly jobs: ReadonlyMap<string, Job>
  readonly schedules: readonly Schedule[]
  readonly invariants: readonly Invariant[]
  /** The noun whose rows are the callers' profiles. */
  readonly profile: Noun | undefined
}

interface Parts {
  readonly resources: AnyResource[]
  readonly actions: Action<AnyResource>[]
  readonly derives: Derive[]
  readonly computes: Compute[]
  readonly events: Event[]
  readonly handlers: Handler[]
  readonly jobs: Job[]
  readonly schedules: Schedule[]
  readonly invariants: Invariant[]
}

/** Roots of URLs that the house needs for itself. */
const reserved = new Set(['auth', 'batch', 'live', 'openapi', 'jobs', 'search'])
/** Segments under a row that the house needs for itself. */
const reservedUnderRow = new Set(['history'])

/** Makes the model of an app, with the house's own parts. Fails with a TypeError that says what to change. */
export function join(app: App, house: object = {}): Model {
  const parts = gather(house)
  const names = new Set(parts.resources.map((resource) => resource.name))
  gather(app.parts, parts)
  refuseHouseNames(parts, names)
  const inverses = inversesOf(parts.resources)
  const nouns = new Map<string, Noun>()
  for (const resource of parts.resources) {
    if (nouns.has(resource.name)) throw new TypeError(`two resources are named "${resource.name}"`)
    if (reserved.has(resource.name))
      throw new TypeError(`resource "${resource.name}": the name is taken by a URL of the house`)
    nouns.set(resource.name, readNoun(resource, statementsOf(resource.name, parts, inverses)))
  }
  checkReferences(nouns)
  const operations = [...nouns.values()].flatMap((noun) =>
    operationsOf(
      noun,
      parts.actions.filter((action) => action.on.name === noun.name),
    ),
  )
  checkOperations(operations, nouns, parts)
  const jobs = byName('jobs', parts.jobs)
  const events = byName('events', parts.events)
  checkPromises(parts, { nouns, jobs, events })
  const of = app.options.profile?.of.name
  if (of !== undefined && !nouns.has(of))
    throw new TypeError(`app "${app.name}": the profile resource "${of}" is not among its parts`)
  return Object.freeze({
    name: app.name,
    app,
    nouns,
    operations,
    events,
    handlers: parts.handlers,
    jobs,
    schedules: parts.schedules,
    invariants: parts.invariants,
    profile: of === undefined ? undefined : nouns.get(of),
  })
}

const nothing = (): Parts => ({
  resources: [],
  actions: [],
  derives: [],
  computes: [],
  events: [],
  handlers: [],
  jobs: [],
  schedules: [],
  invariants: [],
})

function gather(from: unknown, parts: Parts = nothing()): Parts {
  const into: Record<string, unknown[]> = {
    resource: parts.resources,
    action: parts.actions,
    derive: parts.derives,
    compute: parts.computes,
    event: parts.events,
    handler: parts.handlers,
    job: parts.jobs,
    schedule: parts.schedules,
    invariant: parts.invariants,
  }
  for (const part of Object.values(from ?? {})) {
    // Rules, helpers and constants of the app.
    if (typeof part !== 'object' || part === null || !('type' in part)) continue
    const list = into[String(part.type)]
    if (list !== undefined && !list.includes(part)) list.push(part)
  }
  return parts
}

function refuseHouseNames(parts: Parts, house: ReadonlySet<string>): void {
  for (const { name } of parts.resources) {
    if (!house.has(name) && name.startsWith(housePrefix)) {
      throw new TypeError(`resource "${name}": names that begin with ${housePrefix} are those of the house`)
    }
  }
}

function statementsOf(
  name: string,
  parts: Parts,
  inverses: ReadonlyMap<string, Inverse[]>,
): Pick<Noun, 'derive' | 'compute' | 'inverses'> {
  const one = <T extends { on: string; type: string }>(list: readonly T[]): T | undefined => {
    const own = list.filter((statement) => statement.on === name)
    if (own.length > 1) throw new TypeError(`${name}: two ${own[0]!.type}() statements; join them into one`)
    return own[0]
  }
  return { derive: one(parts.derives), compute: one(parts.computes), inverses: inverses.get(name) ?? [] }
}

function inversesOf(resources: readonly AnyResource[]): Map<string, Inverse[]> {
  const found = new Map<string, Inverse[]>()
  for (const resource of resources) {
    for (const [field, { to, inverse }] of Object.entries(resource.fields)) {
      if (to === undefined || inverse === undefined) continue
      found.set(to, [...(found.get(to) ?? []), { name: inverse, noun: resource.name, field }])
    }
  }
  return found
}

function checkReferences(nouns: ReadonlyMap<string, Noun>): void {
  for (const noun of nouns.values()) {
    const refs = [...noun.fields, ...noun.items.flatMap((items) => items.fields)]
    for (const { name, field } of refs) {
      if (field.to !== undefined && !nouns.has(field.to)) {
        throw new TypeError(`${noun.name}.${name}: refers to "${field.to}", which is not among the app's parts`)
      }
    }
    for (const [what, name] of [
      ['owner', noun.owner],
      ['tenant', noun.tenant],
    ] as const) {
      if (name === undefined || (what === 'owner' && name === 'id')) continue
      if (noun.resource.fields[name]?.to === undefined)
        throw new TypeError(`${noun.name}.${what}: "${name}" is not a reference`)
    }
    if (noun.tenant !== undefined) checkTenant(noun, noun.tenant)
  }
}

function checkTenant({ name, resource, owner }: Noun, tenant: string): void {
  const { readonly, optional } = resource.fields[tenant]?.options ?? {}
  // A client that names the tenant of a row could put it into another's, whatever the rules of the resource are.
  if (readonly !== true)
    throw new TypeError(`${name}.tenant: declare "${tenant}" readonly; the caller's own tenant is filled in`)
  // A row of no tenant would be seen by nobody, and no key would hold its references inside one.
  if (optional === true) throw new TypeError(`${name}.tenant: "${tenant}" must not be optional`)
  if (owner === 'id')
    throw new TypeError(`${name}.tenant: the row of a person is theirs in every organization; it has no tenant`)
}

function checkOperations(operations: readonly Operation[], nouns: ReadonlyMap<string, Noun>, parts: Parts): void {
  const seen = new Set<string>()
  for (const { id } of operations) {
    if (seen.has(id)) throw new TypeError(`two operations are named "${id}"`)
    seen.add(id)
  }
  for (const { on, name } of parts.actions) {
    const noun = nouns.get(on.name)
    if (noun === undefined)
      throw new TypeError(`action "${on.name}.${name}": its resource is not among the app's parts`)
    if (reservedUnderRow.has(name) || noun.inverses.some((inverse) => inverse.name === name)) {
      throw new TypeError(`action "${on.name}.${name}": the URL is taken by a list or a page of the house`)
    }
  }
  const targets = new Set([...parts.derives, ...parts.computes].map((statement) => statement.on))
  for (const on of targets) {
    if (!nouns.has(on)) throw new TypeError(`derive or compute on "${on}", which is not among the app's parts`)
  }
}

function byName<T extends { readonly name: string }>(what: string, list: readonly T[]): ReadonlyMap<string, T> {
  const found = new Map(list.map((one) => [one.name, one]))
  if (found.size === list.length) return found
  const twice = list.find((one) => found.get(one.name) !== one)
  throw new TypeError(`two ${what} are named "${twice?.name}"`)
}

interface Known {
  readonly nouns: ReadonlyMap<string, Noun>
  readonly jobs: ReadonlyMap<string, Job>
  readonly events: ReadonlyMap<string, Event>
}

/** What is to happen later must be found then: an event whose handler was forgotten is an event nobody hears. */
function checkPromises(parts: Parts, { nouns, jobs, events }: Known): void {
  for (const { name, of } of parts.events) {
    if (!nouns.has(of.name)) throw new TypeError(`event "${name}": of "${of.name}", which is not among the app's parts`)
  }
  for (const { name, event } of parts.handlers) {
    if (events.get(event.name) !== event) {
      throw new TypeError(`handler "${name}": its event "${event.name}" is not among the app's parts`)
    }
  }
  byName(
    'handlers of one event',
    parts.handlers.map(({ name, event }) => ({ name: `${event.name} ${name}` })),
  )
  for (const { name, job } of parts.schedules) {
    if (jobs.get(job.name) !== job) {
      throw new TypeError(`schedule "${name}": its job "${job.name}" is not among the app's parts`)
    }
  }
  byName('schedules', parts.schedules)
  byName('invariants', parts.invariants)
}
