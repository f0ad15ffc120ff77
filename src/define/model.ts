// Joins an app: every part found, every name resolved, every rule read. What is wrong in a definition stops here.
import type { Action } from './action.ts'
import type { App } from './app.ts'
import type { Compute, Derive } from './derive.ts'
import { type Inverse, type Noun, readNoun } from './noun.ts'
import { type Operation, operationsOf } from './operation.ts'
import type { AnyResource } from './resource.ts'

export interface Model {
  readonly name: string
  readonly app: App
  readonly nouns: ReadonlyMap<string, Noun>
  readonly operations: readonly Operation[]
  /** The noun whose rows are the callers' profiles. */
  readonly profile: Noun | undefined
}

interface Parts {
  readonly resources: AnyResource[]
  readonly actions: Action<AnyResource>[]
  readonly derives: Derive[]
  readonly computes: Compute[]
}

/** Roots of URLs that the house needs for itself. */
const reserved = new Set(['auth', 'batch', 'live', 'openapi', 'jobs', 'search'])
/** Segments under a row that the house needs for itself. */
const reservedUnderRow = new Set(['history'])

/** Makes the model of an app. Fails with a TypeError that says what to change. */
export function join(app: App): Model {
  const parts = gather(app)
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
  const of = app.options.profile?.of.name
  if (of !== undefined && !nouns.has(of))
    throw new TypeError(`app "${app.name}": the profile resource "${of}" is not among its parts`)
  return Object.freeze({
    name: app.name,
    app,
    nouns,
    operations,
    profile: of === undefined ? undefined : nouns.get(of),
  })
}

function gather(app: App): Parts {
  const parts: Parts = { resources: [], actions: [], derives: [], computes: [] }
  const into: Record<string, unknown[]> = {
    resource: parts.resources,
    action: parts.actions,
    derive: parts.derives,
    compute: parts.computes,
  }
  for (const part of Object.values(app.parts ?? {})) {
    // Rules, helpers and constants of the app.
    if (typeof part !== 'object' || part === null || !('type' in part)) continue
    const list = into[String(part.type)]
    if (list !== undefined && !list.includes(part)) list.push(part)
  }
  return parts
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
  }
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
