// The history of a row as a client reads it.

export interface HistoryQuery {
  /** 1 to 100; 20 without it. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
  readonly signal?: AbortSignal
}

/** One change of a row. `before` and `after` hold the fields that differ, as the API shows them. */
export interface HistoryLine<R> {
  readonly id: string
  readonly at: string
  /** `orders.pay`, or which job or route did it. */
  readonly operation: string
  readonly change: 'created' | 'changed' | 'deleted'
  /** Null for nobody in particular, and for the app itself. */
  readonly caller: string | null
  readonly requestId: string | null
  /** Null for a row that was made. */
  readonly before: Changed<R> | null
  /** Null for a row that was deleted. */
  readonly after: Changed<R> | null
}

type Changed<R> = { readonly [K in Exclude<keyof R, 'id' | 'createdAt' | 'updatedAt'>]?: R[K] }
