// What is being done, by whom and from where: what a transaction carries for whoever keeps a record of it.
import type { Noun } from '../define/noun.ts'
import type { Caller } from './caller.ts'

/** Where a call came from. */
export interface Origin {
  readonly requestId: string
  /** The network address of the client, behind the trusted proxies; '' for work that no client asked for. */
  readonly address: string
  /** As the client sent them, lower-case names; none for work that no client asked for. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

export interface Deed {
  /** An operation's id (`orders.pay`), or what else opened the transaction (`job receipts.send`). */
  readonly operation: string
  readonly caller: Caller
  readonly origin: Origin
  /** What an operation was called on; undefined for what is none. */
  readonly on?: { readonly noun: Noun; readonly row: string | undefined }
}

/** Work that nobody asked for from outside. */
export const fromInside: Origin = Object.freeze({ requestId: '', address: '', headers: {} })
