// The list language as typed values, and as the query string it becomes.
import type { Fields, Out } from '../define/field.ts'
import type { Wire } from '../define/infer.ts'
import type { Money } from '../base/pure/money.ts'

/** Money is compared by its amount alone: its currency stands in the field. */
type Term<V> = V extends Money ? string : Wire<V>

/** One value means equal. */
export type Condition<V> =
  | Term<V>
  | {
      readonly eq?: Term<V>
      readonly ne?: Term<V>
      readonly lt?: Term<V>
      readonly lte?: Term<V>
      readonly gt?: Term<V>
      readonly gte?: Term<V>
      readonly in?: readonly Term<V>[]
      /** `%` stands for any text, `_` for one character. */
      readonly like?: string
      /** Is there no value. */
      readonly null?: boolean
    }

type Compared<F extends Fields> = {
  readonly [K in keyof F as Out<F[K]> extends readonly unknown[] ? never : K]?: Condition<Out<F[K]>>
}

/** Conditions that all hold. */
export type Where<F extends Fields> = Compared<F> & {
  readonly id?: Condition<string>
  readonly createdAt?: Condition<string>
  readonly updatedAt?: Condition<string>
}

type Key<F extends Fields> = (keyof F & string) | 'id' | 'createdAt' | 'updatedAt'
type Sort<F extends Fields> = Key<F> | `-${Key<F>}`

export interface ReadQuery<E extends string, K> {
  /** Only these fields, and the id. */
  readonly fields?: readonly K[]
  /** References shown as rows: `customer`, `lines.product`; three deep at most. */
  readonly expand?: readonly E[]
  readonly signal?: AbortSignal
}

export interface ListQuery<F extends Fields, E extends string, K> extends ReadQuery<E, K> {
  readonly where?: Where<F>
  /** One direction for all keys. Newest first without it. */
  readonly sort?: Sort<F> | readonly Sort<F>[]
  /** 1 to 100; 20 without it. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
  /** Full text, where the resource declares it. */
  readonly q?: string
  readonly count?: 'exact'
}

/** A page may hold fewer rows than `limit`; only `next: null` ends a list. */
export interface Page<R> {
  readonly data: R[]
  readonly next: string | null
  readonly count?: number
  /** False where the rows are more than are counted. */
  readonly countIsExact?: false
}

/** A query of any resource, as the encoder reads it. */
export interface PlainQuery {
  readonly where?: Readonly<Record<string, unknown>>
  readonly sort?: string | readonly string[]
  readonly limit?: number
  readonly after?: string
  readonly q?: string
  readonly count?: string
  readonly fields?: readonly string[]
  readonly expand?: readonly string[]
}

/** `?limit=20&price[gte]=10`, or '' for nothing. */
export function encodeQuery(query: PlainQuery): string {
  const { where = {}, sort, limit, after, q, count, fields, expand } = query
  const pairs: [string, unknown][] = Object.entries(where).flatMap(([field, condition]) => conditions(field, condition))
  pairs.push(['sort', joined(sort)], ['limit', limit], ['after', after], ['q', q], ['count', count])
  pairs.push(['fields', joined(fields)], ['expand', joined(expand)])
  const given = pairs.filter(([, value]) => value !== undefined)
  if (given.length === 0) return ''
  return `?${given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`
}

const joined = (list: string | readonly string[] | undefined): string | undefined =>
  typeof list === 'string' ? list : list?.join()

function conditions(field: string, condition: unknown): [string, unknown][] {
  if (typeof condition !== 'object' || condition === null) return [[field, condition]]
  // An array joins with commas, as the operator `in` takes it.
  return Object.entries(condition).map(([operator, value]) => [`${field}[${operator}]`, value])
}
