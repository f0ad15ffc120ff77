// What a broker is to the relay: something that is opened, and takes over one message at a time for each row.

/** An event as it leaves the house. */
export interface Message {
  /** The same on every delivery: receivers drop what they have seen. */
  readonly id: string
  readonly event: string
  /** The row it happened to: messages of one row never overtake one another. */
  readonly key: string
  readonly position: number
  readonly at: Date
  /** A CloudEvent in JSON. */
  readonly body: string
}

/** An open connection. After a failure it is closed and another one is opened. */
export interface Link {
  /** Resolves when the broker has the message for good. Fails where it refuses it or does not say so in time. */
  send(message: Message): Promise<void>
  close(): Promise<void>
}

export interface Broker {
  /** Names its cursor and its lines in the log. */
  readonly name: string
  /** Connects, and makes what events are sent to where it is not there. Fails when nobody answers or it is refused. */
  open(): Promise<Link>
}

/** How long a broker may take to answer, in milliseconds. */
export interface Patience {
  readonly connectMs: number
  readonly confirmMs: number
}

/** Fails when the promise does not settle in time; what it settles with later is passed over. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`${what} took longer than ${ms} ms`)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
