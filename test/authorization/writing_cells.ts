// Creates, changes, deletes and actions in every way of asking: who may, what may be set, and that a no does nothing.
import { isStandard } from '../../src/define/input.ts'
import type { AnyField } from '../../src/define/resource.ts'
import type { Rule } from '../../src/define/rule.ts'
import type { Ask, Said } from '../surface/test_server.ts'
import { type Cell, isOneOf, nowhere, type Place, turnedAway, urlOf, isNothing, closedTo, foreign } from './cell.ts'
import { allows, isThere, membersOf, reaches, reads, type Row, setsField, verbRules } from './oracle.ts'
import { overrides, spellings } from './spellings.ts'
import { firstId, type Pick, sampleOf, sendable } from './values.ts'

type Body = Readonly<Record<string, unknown>>

/** One body, and what it is meant to be refused for. */
interface Sent {
  readonly title: string
  readonly body: Body | undefined
  /** It is not of the declared shape. */
  readonly misshaped?: boolean
  /** It names a row that the caller may not read. */
  readonly refersToHidden?: boolean
}

/** What the policy says of one body for one row. */
interface Verdict {
  /** Statuses of the reasons to refuse it; none where it is allowed. */
  readonly refusals: readonly number[]
  readonly judge: (said: Said) => string | undefined
}

/** Every way to change something at an address. */
export function writingCells(place: Place): Cell[] {
  const { operation } = place.address
  if (operation.scope === 'collection')
    return bodiesOf(place, undefined).flatMap((sent, at) =>
      cellsFor(place, { sent, id: undefined, row: undefined, isFirst: at === 0 }),
    )
  return [...place.rows.map(({ id }) => id), nowhere].flatMap((id) => {
    const row = place.rows.find((one) => one.id === id)
    return bodiesOf(place, row).flatMap((sent, at) => cellsFor(place, { sent, id, row, isFirst: at === 0 }))
  })
}

interface Try {
  readonly sent: Sent
  readonly id: string | undefined
  readonly row: Row | undefined
  /** The first body of an address is tried under its other spellings too. */
  readonly isFirst: boolean
}

function cellsFor(place: Place, { sent, id, row, isFirst }: Try): Cell[] {
  const { address, person } = place
  const { method } = address
  const url = urlOf(address, id ?? '')
  const { refusals, judge } = verdictOf(place, sent, row)
  const isAllowed = refusals.length === 0
  const { body } = sent
  const cell = (title: string, ask: Omit<Ask, 'as'>, judged: Cell['judge'], changes: boolean): Cell => ({
    title: `${person.name}: ${method} ${ask.url} ${sent.title}, ${title}`,
    person,
    ask,
    judge: judged,
    changes,
  })
  const plain = { method, url, ...(body !== undefined && { body }) }
  const ways = [
    cell('plain', plain, judge, isAllowed),
    cell('dry', { ...plain, headers: { prefer: 'dry-run' } }, judge, false),
    cell('batch', inBatch([{ method, path: url, body }]), batched(judge), isAllowed),
  ]
  if (!isFirst) return ways
  const key = { 'idempotency-key': `matrix-${person.name.replaceAll(/\W/g, '-')}-${address.name}-${id ?? ''}` }
  return [
    ...ways,
    cell('with a key', { ...plain, headers: key }, judge, isAllowed),
    ...foreign(place).map((headers) => cell('for another organization', { ...plain, headers }, closedTo(place), false)),
    ...overrides.map((headers) => cell(`with ${Object.keys(headers)[0]}`, { ...plain, headers }, judge, isAllowed)),
    ...spellings.flatMap(({ title, write, same }) => {
      const path = write(url, id)
      if (path === undefined) return []
      const judged = same ? judge : isNothing
      return [cell(`by ${title}`, { ...plain, url: path }, judged, same && isAllowed)]
    }),
  ]
}

const inBatch = (operations: readonly object[]): Omit<Ask, 'as'> => ({
  method: 'POST',
  url: '/api/v1/batch',
  body: { operations },
})

/** A batch answers 200 with what its one operation is answered, or with that one's refusal as its own. */
function batched(judge: Cell['judge']): Cell['judge'] {
  return (said) => {
    if (said.status !== 200) return judge(said)
    const [result] = said.json['results'] as { status: number; body: Said['json'] | null }[]
    const text = result?.body ? JSON.stringify(result.body) : ''
    return judge({ ...said, status: result!.status, json: result?.body ?? { data: [], errors: [] }, text })
  }
}

// ---- what the policy says

function verdictOf(place: Place, sent: Sent, row: Row | undefined): Verdict {
  const { person, policy } = place
  const refusals = refusalsOf(place, sent, row)
  if (refusals.length > 0) return { refusals, judge: (said) => isOneOf(said, refusals) }
  const { verb, noun } = place.address.operation
  const after = afterOf(place, sent, row)
  const isShown = verb !== 'delete' && verb !== 'act'
  // Who reads no row at all is not shown one for having changed it; what somebody made, they are shown.
  const isBlind =
    verb !== 'create' && noun.resource.spec.allow.read !== undefined && !reaches(policy, verbRules(policy, 'read'))
  const done = doneBy(place, row, isBlind)
  return {
    refusals,
    judge: (said) => {
      if (verb === 'act')
        return [401, 403, 404].includes(said.status) || said.status >= 500
          ? `${said.status} for ${person.name}`
          : undefined
      const wrong = isOneOf(said, [done])
      if (wrong !== undefined || !isShown || isBlind || done >= 400) return wrong
      const [got, due] = [Object.keys(said.json).toSorted(), membersOf(policy, after)]
      return got.join() === due.join() ? undefined : `members ${got.join()}, not ${due.join()}`
    },
  }
}

function doneBy(place: Place, row: Row | undefined, isBlind: boolean): number {
  const { verb } = place.address.operation
  if (verb === 'create') return isNobodysRow(place) ? 422 : 201
  if (verb === 'delete') return isReferredTo(place, row) ? 409 : 204
  return isBlind ? 204 : 200
}

// Rows are owned by people who are there; a caller whose own row was never made has nothing to own them with.
function isNobodysRow({ policy, person, scene }: Place): boolean {
  const to = policy.noun.fields[policy.noun.spec.owner ?? '']?.to
  return to !== undefined && scene.world.get(to)?.some(({ id }) => id === person.id) !== true
}

// A row that others refer to stays, whoever sees those others: a reference that leads nowhere would be worse.
function isReferredTo({ scene, policy }: Place, row: Row | undefined): boolean {
  return [...scene.model.nouns.values()].some(({ name, fields, items }) => {
    const refers = (names: typeof fields, one: Readonly<Record<string, unknown>>): boolean =>
      names.some(
        ({ field, name: own }) =>
          field.to === policy.noun.name && one[own] === row?.id && field.onDelete === 'restrict',
      )
    const rows = scene.world.get(name) ?? []
    return rows.some(
      (one) =>
        refers(fields, one) ||
        items.some((list) => [one[list.name]].flat().some((item) => refers(list.fields, Object(item)))),
    )
  })
}

function refusalsOf(place: Place, sent: Sent, row: Row | undefined): number[] {
  const { policy, person, address } = place
  const { verb, scope } = address.operation
  const rules = rulesOf(place)
  if (!reaches(policy, rules)) return [turnedAway(person)]
  const isPatch = verb === 'update'
  // The shape is judged before the row is looked for, but for a patch, which is judged against its row.
  if (sent.misshaped === true && !isPatch) return [422]
  if (scope === 'row' && (row === undefined || !isThere(policy, row, rules))) return [404]
  if (scope === 'row' && !allows(policy, rules, row)) return [403]
  return [
    ...(sent.misshaped === true ? [422] : []),
    ...(mayNotSet(place, sent, row) ? [403] : []),
    ...(sent.refersToHidden === true ? [422] : []),
    ...(verb === 'create' && isHomeless(place) ? [403] : []),
    ...(writes(verb) && !allows(policy, rules, afterOf(place, sent, row)) ? [403] : []),
  ]
}

const writes = (verb: string): boolean => verb === 'create' || verb === 'update' || verb === 'replace'

function rulesOf({ address, policy }: Place): readonly Rule[] | undefined {
  const { verb, action } = address.operation
  if (action !== undefined) return action.spec.allow
  return verbRules(policy, verb === 'replace' ? 'update' : verb === 'create' || verb === 'delete' ? verb : 'update')
}

const isHomeless = ({ policy, person }: Place): boolean =>
  policy.noun.spec.tenant !== undefined && person.tenant === null

function mayNotSet({ policy, address }: Place, { body }: Sent, row: Row | undefined): boolean {
  if (address.operation.verb === 'act') return false
  return Object.keys(body ?? {}).some((name) => name in policy.noun.fields && !setsField(policy, name, row))
}

/** The row as it will be written, as far as rules ask. */
function afterOf({ policy, person, address }: Place, { body }: Sent, row: Row | undefined): Row {
  const { fields, spec } = policy.noun
  if (row !== undefined && address.operation.verb === 'update') return { ...row, ...body }
  const missing = Object.entries(fields)
    .filter(([name, field]) => row === undefined || (isWritable(field) && setsField(policy, name, row)))
    .map(([name, { options }]) => [name, options.default ?? null] as const)
  const owned = row === undefined && spec.owner !== undefined ? { [spec.owner]: person.id } : {}
  const housed = row === undefined && spec.tenant !== undefined ? { [spec.tenant]: person.tenant } : {}
  return { id: nowhere, ...row, ...Object.fromEntries(missing), ...owned, ...housed, ...body }
}

// ---- bodies

const isWritable = ({ options }: AnyField): boolean =>
  !options.readonly && !options.private && !options.derived && !options.computed

/** Numbers that no row has yet: samples differ by them. */
const numbers = { next: 1_000 }

function bodiesOf(place: Place, row: Row | undefined): Sent[] {
  const { verb, action } = place.address.operation
  if (verb === 'delete') return [{ title: '', body: undefined }]
  if (action !== undefined) return inputsOf(place)
  const { fields } = place.policy.noun
  const pick = readable(place)
  const needed = Object.entries(fields).filter(([, field]) => isWritable(field) && isNeeded(field))
  const base =
    verb === 'update'
      ? {}
      : Object.fromEntries(needed.map(([name, field]) => [name, valueOf(field, name, { row, pick })]))
  const hidden = Object.entries(fields)
    .filter(([, field]) => field.to !== undefined && isWritable(field))
    .flatMap(([name, { to }]): Sent[] => {
      const id = unreadable(place)(to!)
      return id === undefined
        ? []
        : [{ title: `with a hidden ${name}`, body: { ...base, [name]: id }, refersToHidden: true }]
    })
  return [
    { title: 'as little as can be', body: base },
    ...Object.entries(fields).map(([name, field]): Sent => {
      const value = valueOf(field, name, { row: undefined, pick })
      const refersToHidden = field.to !== undefined && value === nowhere
      return { title: `with ${name}`, body: { ...base, [name]: value }, misshaped: !isWritable(field), refersToHidden }
    }),
    { title: 'with a field that is none', body: { ...base, isAdmin: true }, misshaped: true },
    { title: 'with an id', body: { ...base, id: nowhere }, misshaped: true },
    ...hidden,
  ]
}

const isNeeded = ({ options }: AnyField): boolean => options.optional !== true && options.default === undefined

function valueOf(field: AnyField, name: string, { row, pick }: { row: Row | undefined; pick: Pick }): unknown {
  if (row !== undefined) return sendable(row[name])
  return sampleOf(field, (numbers.next += 1), pick) ?? nowhere
}

function inputsOf(place: Place): Sent[] {
  const input = place.address.operation.action?.spec.input ?? {}
  if (isStandard(input)) return []
  const base = Object.fromEntries(
    Object.entries(input)
      .filter(([, field]) => isNeeded(field))
      .map(([name, field]) => [name, valueOf(field, name, { row: undefined, pick: readable(place) })]),
  )
  return [
    { title: 'as it is meant', body: base },
    { title: 'with more', body: { ...base, caller: nowhere, isAdmin: true }, misshaped: true },
    ...Object.entries(input).flatMap(([name, { to }]): Sent[] => {
      const id = to === undefined ? undefined : unreadable(place)(to)
      return id === undefined
        ? []
        : [{ title: `with a hidden ${name}`, body: { ...base, [name]: id }, refersToHidden: true }]
    }),
  ]
}

/** A resource without a rule of reading is reached through others only, and its rows may be named. */
const mayName = ({ scene, policy }: Place, target: string, row: Row): boolean => {
  const noun = scene.model.nouns.get(target)!.resource
  return noun.spec.allow.read === undefined ? true : reads({ ...policy, noun }, row)
}

const readable =
  (place: Place): Pick =>
  (target) =>
    firstId(place.scene.world, target, (row) => mayName(place, target, row))

const unreadable =
  (place: Place): Pick =>
  (target) =>
    firstId(place.scene.world, target, (row) => !mayName(place, target, row))
