// Lists, reads and histories in every way of asking: which rows, which fields, and what may not even be named.
import { type Cell, isOneOf, nowhere, type Place, turnedAway, urlOf, isNothing, closedTo, foreign } from './cell.ts'
import {
  allows,
  isThere,
  membersOf,
  namesField,
  reaches,
  reads,
  type Row,
  type Scene as Policy,
  seenFields,
  seesField,
  verbRules,
} from './oracle.ts'
import { overrides, spellings } from './spellings.ts'
import { wireText, wordOf } from './values.ts'

type Judge = Cell['judge']

/** Every way to look at an address. */
export function readingCells(place: Place): Cell[] {
  const { verb } = place.address.operation
  if (verb === 'list') return listCells(place)
  const ids = [...place.rows.map(({ id }) => id), nowhere]
  return ids.flatMap((id) => rowCells(place, id))
}

interface Way {
  readonly title: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly judge: Judge
}

function cellsFor(place: Place, url: string, id: string | undefined, ways: readonly Way[]): Cell[] {
  const { address, person } = place
  const [plain] = ways
  const cell = (title: string, method: string, to: string, judge: Judge, headers = {}): Cell => ({
    title: `${person.name}: ${method} ${to}, ${title}`,
    person,
    ask: { method, url: to, headers },
    judge,
    changes: false,
  })
  const judge = plain!.judge
  return [
    ...ways.map((way) => cell(way.title, 'GET', `${url}${way.query ?? ''}`, way.judge, way.headers)),
    ...ways.map((way) =>
      cell(`${way.title}, HEAD`, 'HEAD', `${url}${way.query ?? ''}`, sameHead(place, way), way.headers),
    ),
    ...foreign(place).map((headers) => cell('for another organization', 'GET', url, closedTo(place), headers)),
    ...overrides.map((headers) => cell(`with ${Object.keys(headers)[0]}`, 'GET', url, judge, headers)),
    ...spellings.flatMap(({ title, write, same }) => {
      const path = write(url, id)
      return path === undefined ? [] : [cell(`${address.name} by ${title}`, 'GET', path, same ? judge : isNothing)]
    }),
  ]
}

const named404: Judge = (said) => isOneOf(said, [404])

// HEAD answers as GET does, without a body: the same status, and no more of what is not to be seen.
function sameHead(place: Place, { query = '', judge }: Way): Judge {
  return (said) => {
    if (said.text !== '') return `HEAD with a body: ${said.text}`
    const wrong = judge(said)
    return wrong?.startsWith(String(said.status)) ? `${place.address.name}${query}: ${wrong}` : undefined
  }
}

// ---- lists

function listCells(place: Place): Cell[] {
  const { address, scene } = place
  if (address.inverse === undefined)
    return cellsFor(
      place,
      address.path,
      undefined,
      waysOfList(place, () => true),
    )
  const { field } = address.inverse
  const parents = [...(scene.world.get(parentOf(place)) ?? []).slice(0, 4).map(({ id }) => id), nowhere]
  return parents.flatMap((id) => {
    const ways = waysOfList(place, (row) => row[field] === id)
    const hidden = namesField(place.policy, field) ? undefined : named404
    return cellsFor(
      place,
      urlOf(address, id),
      id,
      hidden === undefined ? ways : [{ title: 'plain', judge: closed(place, hidden) }],
    )
  })
}

const parentOf = ({ address }: Place): string =>
  address.operation.noun.resource.fields[address.inverse!.field]!.to ?? ''

/** Who may not ask at all is told that, whatever else is wrong. */
function closed({ policy, person }: Place, judge: Judge): Judge {
  return reaches(policy, verbRules(policy, 'list')) ? judge : (said) => isOneOf(said, [turnedAway(person)])
}

function waysOfList(place: Place, narrowed: (row: Row) => boolean): Way[] {
  const { policy, scene, address } = place
  const { noun } = address.operation
  const all = scene.world.get(noun.name) ?? []
  const seen = all.filter((row) => narrowed(row) && allows(policy, verbRules(policy, 'list'), row))
  const way = (title: string, query: string, judge: Judge): Way => ({ title, query, judge: closed(place, judge) })
  const fields = Object.keys(noun.resource.fields)
  return [
    way('plain', '', exactly(policy, seen)),
    way('counted', '?count=exact&limit=1', (said) =>
      said.json['count'] === undefined || said.json['count'] === seen.length
        ? isOneOf(said, [200])
        : `200 with a count that is not ${seen.length}: ${said.text}`,
    ),
    ...all.slice(0, 3).map(({ id }) =>
      way(
        'by id',
        `?id=${id}`,
        exactly(
          policy,
          seen.filter((row) => row.id === id),
        ),
      ),
    ),
    ...noun.sorts.flatMap(({ keys }) => {
      if (keys.length === 0) return []
      const judge = keys.every((key) => namesField(policy, key)) ? exactly(policy, seen) : named400
      return [way('sorted', `?sort=${keys.join()}`, judge), way('sorted', `?sort=-${keys.join(',-')}`, judge)]
    }),
    ...fields.flatMap((name) => filterWays(place, name, { all, seen }).map((one) => way(...one))),
    ...fields.map((name) => {
      const judge = namesField(policy, name) ? exactly(policy, seen, [name]) : named400
      return way('fields', `?fields=${name}`, judge)
    }),
    ...expansions(place).map(([path, judge]) => way('expanded', `?expand=${path}`, judge(seen))),
    ...wordWays(place, all, seen).map((one) => way(...one)),
  ]
}

const named400: Judge = (said) => isOneOf(said, [400])

/** These rows and no other, each with the members that this caller sees. */
function exactly(policy: Policy, rows: readonly Row[], only?: readonly string[]): Judge {
  return (said) => {
    if (said.status !== 200 || !Array.isArray(said.json.data)) return isOneOf(said, [200])
    const got = said.json.data.map((row) => String(row['id'])).toSorted()
    const due = rows.map(({ id }) => id).toSorted()
    if (said.text !== '' && got.join() !== due.join()) return `rows [${got.join()}], not [${due.join()}]`
    const wrong = said.json.data.map((shown) => misshown(policy, rows, shown, only)).find((one) => one !== undefined)
    return wrong
  }
}

function misshown(
  policy: Policy,
  rows: readonly Row[],
  shown: Readonly<Record<string, unknown>>,
  only?: readonly string[],
): string | undefined {
  const row = rows.find(({ id }) => id === shown['id'])
  if (row === undefined) return `row ${String(shown['id'])} is shown`
  const members = membersOf(policy, row).filter((name) => only === undefined || name === 'id' || only.includes(name))
  const got = Object.keys(shown).toSorted()
  return got.join() === members.join() ? undefined : `members ${got.join()}, not ${members.join()}`
}

interface Rows {
  readonly all: readonly Row[]
  readonly seen: readonly Row[]
}

type ListWay = readonly [string, string, Judge]

function filterWays({ policy }: Place, name: string, { all, seen }: Rows): ListWay[] {
  const { kind, of, options } = policy.noun.fields[name]!
  if (of !== undefined || options.computed === true) return [['filter', `?${name}=x`, named400]]
  const ways: ListWay[] = []
  const judged = (rows: readonly Row[]): Judge => (namesField(policy, name) ? exactly(policy, rows) : named400)
  if (kind.operators.includes('null')) {
    const empty = seen.filter((row) => row[name] === null || row[name] === undefined)
    ways.push(['filter', `?${name}[null]=true`, judged(empty)])
  }
  for (const row of all.slice(0, 3)) {
    const text = wireText(row[name])
    if (text === undefined || !kind.operators.includes('eq')) continue
    const same = seen.filter((one) => wireText(one[name]) === text)
    ways.push(['filter', `?${name}=${encodeURIComponent(text)}`, judged(same)])
  }
  return ways
}

function wordWays({ policy }: Place, all: readonly Row[], seen: readonly Row[]): ListWay[] {
  const { search = [] } = policy.noun.spec
  const isOpen = search.length > 0 && search.every((name) => namesField(policy, name))
  const words = new Set(all.flatMap((row) => search.map((name) => wordOf(row[name]))).filter((word) => word !== ''))
  return ['nothing', ...words].map((word) => {
    const found = seen.filter((row) => search.some((name) => textOf(row[name]).toLowerCase().split(' ').includes(word)))
    return ['words', `?q=${word}`, isOpen ? exactly(policy, found) : named400]
  })
}

/** Each reference expanded: the row where it may be read, its id alone where not, nothing where the field is hidden. */
function expansions({ policy, scene, address }: Place): [string, (seen: readonly Row[]) => Judge][] {
  const { noun } = address.operation
  const judged =
    (at: (row: Readonly<Record<string, unknown>>) => unknown[], name: string, to: string) =>
    (seen: readonly Row[]): Judge =>
    (said) => {
      if (said.status !== 200) return isOneOf(said, [200])
      const shown = Array.isArray(said.json.data) ? said.json.data : [said.json]
      const rows = shown.filter((row) => seen.some(({ id }) => id === row['id']))
      if (rows.length < shown.length && said.text !== '') return 'rows that are not to be seen'
      const targets = rows.flatMap(at).map((row) => Object(row)[name] as unknown)
      return targets.map((one) => wrongTarget(one, to)).find((one) => one !== undefined)
    }
  const wrongTarget = (shown: unknown, to: string): string | undefined => {
    if (typeof shown !== 'object' || shown === null) return undefined
    const inner = { ...policy, noun: scene.model.nouns.get(to)!.resource }
    const row = scene.world.get(to)?.find(({ id }) => id === Object(shown).id)
    const due = row !== undefined && reads(inner, row) ? membersOf(inner, row) : ['id']
    const got = Object.keys(shown).toSorted()
    return got.join() === due.join() ? undefined : `${to} expanded to ${got.join()}, not ${due.join()}`
  }
  const own = noun.fields
    .filter(({ field, shown }) => field.to !== undefined && shown)
    .map(({ name, field }) => [name, judged((row) => [row], name, field.to!)] as const)
  const within = noun.items.flatMap((items) =>
    items.fields
      .filter(({ field, shown }) => field.to !== undefined && shown && items.shown)
      .map(({ name, field }) => {
        const at = (row: Readonly<Record<string, unknown>>): unknown[] => [row[items.name]].flat()
        return [`${items.name}.${name}`, judged(at, name, field.to!)] as const
      }),
  )
  return [...own, ...within].map(([path, judge]) => [path, judge])
}

// ---- one row

function rowCells(place: Place, id: string): Cell[] {
  const { address, policy, rows, person } = place
  const { verb } = address.operation
  const row = rows.find((one) => one.id === id)
  const rules = verbRules(policy, verb === 'history' ? 'history' : 'read')
  const due = (judge: (row: Row) => Judge): Judge => {
    if (!reaches(policy, rules)) return (said) => isOneOf(said, [turnedAway(person)])
    if (row === undefined || !isThere(policy, row, rules)) return named404
    return allows(policy, rules, row) ? judge(row) : (said) => isOneOf(said, [403])
  }
  const url = urlOf(address, id)
  if (verb === 'history') return cellsFor(place, url, id, [{ title: 'plain', judge: due((one) => told(policy, one)) }])
  const names = Object.keys(policy.noun.fields)
  return cellsFor(place, url, id, [
    { title: 'plain', judge: due((one) => shownWhole(policy, one)) },
    { title: 'asked again', headers: { 'if-none-match': '*' }, judge: due(() => (said) => isOneOf(said, [304])) },
    ...names.map((name) => ({
      title: 'fields',
      query: `?fields=${name}`,
      judge: checkedFirst(
        place,
        name,
        due((one) => shownWhole(policy, one, [name])),
      ),
    })),
    ...expansions(place).map(([path, judge]) => ({
      title: 'expanded',
      query: `?expand=${path}`,
      judge: due((one) => judge([one])),
    })),
  ])
}

/** A field that may not be named is refused before the row is looked for. */
function checkedFirst({ policy }: Place, name: string, judge: Judge): Judge {
  if (!reaches(policy, verbRules(policy, 'read')) || namesField(policy, name)) return judge
  return named400
}

function shownWhole(policy: Policy, row: Row, only?: readonly string[]): Judge {
  return (said) => {
    if (said.status !== 200 || said.text === '') return isOneOf(said, [200])
    return misshown(policy, [row], said.json, only)
  }
}

/** The lines of a history name fields that this caller sees of the row as it is. */
function told(policy: Policy, row: Row): Judge {
  const seen = new Set(seenFields(policy, row))
  return (said) => {
    if (said.status !== 200 || said.text === '') return isOneOf(said, [200])
    if (said.json.data.length === 0) return 'a row without a history'
    const named = said.json.data.flatMap(({ before, after }) =>
      [before, after].flatMap((half) => Object.keys(Object(half))),
    )
    const hidden = named.filter((name) => !seen.has(name))
    if (hidden.length > 0) return `the history tells ${hidden.join()}`
    if (said.json['next'] !== null) return undefined // the line it was made with is on a later page
    const missing = [...seen].filter((name) => isKept(policy, row, name) && !named.includes(name))
    return missing.length === 0 ? undefined : `the history keeps back ${missing.join()}`
  }
}

// What a row was made with is in its first line, besides what is computed and what was left empty.
function isKept(policy: Policy, row: Row, name: string): boolean {
  const value = row[name]
  const isEmpty = value === null || value === undefined || (Array.isArray(value) && value.length === 0)
  return !isEmpty && seesField(policy, name, row) && policy.noun.fields[name]?.options.computed !== true
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
