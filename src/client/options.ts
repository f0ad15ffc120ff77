// What may be said with a call besides its data, and the headers that say it.

export interface Acting {
  /** Everything is done and answered as if, and then undone. */
  readonly dryRun?: boolean
  /** The same key and data: done once, answered alike however often it is sent. */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

export interface Changing extends Acting {
  /** Only if the row still has this tag (`tagOf(row)`); else it fails with precondition_failed. */
  readonly ifMatch?: string
}

/** The headers of the options. */
export function headersOf({ dryRun, idempotencyKey, ifMatch }: Changing): Record<string, string> {
  return {
    ...(dryRun === true && { Prefer: 'dry-run' }),
    ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
    ...(ifMatch !== undefined && { 'If-Match': ifMatch }),
  }
}
