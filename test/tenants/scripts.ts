// Random requests of one tenant: what is asked depends on what that tenant was answered, and on ids of another.
import type { Random } from '../../src/base/random.ts'

/** One request, or one turn of the work beside the calls. */
export interface Step {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Ids that a request may name: rows of one's own, and of somebody else's, who is there or is not. */
export interface Ids {
  readonly own: readonly string[]
  readonly foreign: string
}

type Make = (pick: Pick, ids: Ids) => Step

interface Pick {
  /** A whole number below. */
  (below: number): number
  of<T>(list: readonly T[]): T
}

export const pickOf = (random: Random): Pick => {
  const below = (most: number): number => Math.floor(random.fraction() * most)
  return Object.assign(below, { of: <T>(list: readonly T[]): T => list[below(list.length)]! })
}

// Few titles, so that the tenants want the same ones.
const titles = ['Plan', 'plan b', 'PLAN C', 'Ärger', 'ship it', 'ship more'] as const
const id = (pick: Pick, { own, foreign }: Ids): string => (own.length === 0 || pick(3) === 0 ? foreign : pick.of(own))
const key = (pick: Pick): Record<string, string> => (pick(2) === 0 ? { 'idempotency-key': `key-${pick(4)}` } : {})

const lists = [
  'boards?count=exact',
  'boards?sort=title&limit=2',
  'boards?sort=-size',
  'boards?size=3&count=exact',
  'boards?title[in]=Plan,ship it',
  'boards?q=plan&count=exact',
  'boards?q=ship',
  'notes?count=exact&expand=board',
  'notes?sort=text&limit=3',
  'plans?expand=steps.board&count=exact',
]

const board = (pick: Pick): object => ({ title: pick.of(titles), size: pick(10) })

const makes: readonly Make[] = [
  (pick) => ({ method: 'POST', path: 'boards', body: board(pick), headers: key(pick) }),
  (pick) => ({ method: 'POST', path: 'boards/put', body: board(pick), headers: key(pick) }),
  (pick) => ({ method: 'GET', path: pick.of(lists) }),
  (pick) => ({ method: 'GET', path: pick.of(lists) }),
  (pick, ids) => ({ method: 'GET', path: `boards/${id(pick, ids)}` }),
  (pick, ids) => ({ method: 'GET', path: `boards/${id(pick, ids)}/history` }),
  (pick, ids) => ({ method: 'GET', path: `boards/${id(pick, ids)}/notes` }),
  (pick, ids) => ({ method: 'GET', path: `notes?board=${id(pick, ids)}` }),
  (pick, ids) => ({ method: 'PATCH', path: `boards/${id(pick, ids)}`, body: { title: pick.of(titles) } }),
  (pick, ids) => ({ method: 'PATCH', path: `boards/${id(pick, ids)}`, body: { before: id(pick, ids) } }),
  (pick, ids) => ({ method: 'DELETE', path: `boards/${id(pick, ids)}` }),
  (pick, ids) => ({ method: 'POST', path: 'notes', body: { board: id(pick, ids), text: `n${pick(9)}` } }),
  (pick, ids) => ({
    method: 'POST',
    path: 'plans',
    body: { name: pick.of(titles), steps: [{ board: id(pick, ids), what: 'first' }] },
  }),
  (pick, ids) => ({
    method: 'POST',
    path: 'boards/poke',
    body: { id: id(pick, ids), how: pick.of(['add', 'lock', 'update', 'find', 'emit', 'delete', 'get']) },
  }),
  (pick, ids) => ({
    method: 'POST',
    path: 'batch',
    headers: key(pick),
    body: {
      operations: [
        { method: 'POST', path: '/api/v1/boards', body: board(pick) },
        {
          method: 'POST',
          path: '/api/v1/notes',
          body: { board: pick(2) === 0 ? { $ref: '0/id' } : id(pick, ids), text: 'b' },
        },
      ],
    },
  }),
]

export const stepOf = (pick: Pick, ids: Ids): Step => pick.of(makes)(pick, ids)
