// Is the history of one register linearizable? The search of Wing and Gong, with Lowe's memory of what was tried.

/** One call of a client to the register, as the client knows it. */
export interface Call {
  readonly step: number
  readonly client: number
  readonly kind: 'read' | 'write' | 'swap'
  /** What a read saw, and what a write or a swap puts there. */
  readonly value: number
  /** What a swap puts its value in the place of. */
  readonly expected?: number
  /** `refused`: a swap was told that something else is there. `unknown`: it may be done, now, later or never. */
  readonly outcome: 'done' | 'refused' | 'unknown'
  /** Places in the one order of all that the clients sent and were told. */
  readonly calledAt: number
  readonly toldAt: number
}

/** More places than this are not tried: a history that needs them is not decided, which is no success. */
const MOST_TRIED = 2_000_000

/** Undefined where the calls, one after the other in some order of their times, explain what was seen. */
export function notLinearizable(calls: readonly Call[], first: number): string | undefined {
  const head = chain(calls)
  const tried = new Set<string>()
  const taken: { readonly event: Event; readonly before: number }[] = []
  const state = { value: first, done: 0n, longest: [] as readonly Call[] }
  for (let event = head.next; head.next !== undefined;) {
    if (tried.size > MOST_TRIED) return shown(calls, state.longest, 'undecided: too many orders are possible')
    const after = event === undefined || event.isReturn ? undefined : effect(event.call, state.value)
    if (event !== undefined && after !== undefined && isNew(tried, state.done | event.bit, after)) {
      taken.push({ event, before: state.value })
      state.value = after
      state.done |= event.bit
      lift(event)
      event = head.next
    } else if (event !== undefined && !event.isReturn) event = event.next
    else {
      if (taken.length > state.longest.length) state.longest = taken.map((one) => one.event.call)
      const last = taken.pop()
      if (last === undefined) return shown(calls, state.longest, 'not linearizable')
      state.value = last.before
      state.done &= ~last.event.bit
      putBack(last.event)
      event = last.event.next
    }
  }
  return undefined
}

/** What the register holds after the call; undefined where the call cannot have been answered so. */
function effect({ kind, value, expected, outcome }: Call, held: number): number | undefined {
  if (outcome === 'unknown') return kind === 'read' || (kind === 'swap' && held !== expected) ? held : value
  if (kind === 'read') return held === value ? held : undefined
  if (kind === 'write') return value
  return (outcome === 'done') === (held === expected) ? (outcome === 'done' ? value : held) : undefined
}

function isNew(tried: Set<string>, done: bigint, value: number): boolean {
  const name = `${done.toString(36)} ${value}`
  if (tried.has(name)) return false
  tried.add(name)
  return true
}

// ---- calls and returns in the order of their times; what has its place in the order is lifted out, and put back

interface Event {
  readonly call: Call
  readonly bit: bigint
  readonly isReturn: boolean
  readonly match: Event
  before: Link
  next: Event | undefined
}
type Link = { next: Event | undefined }

function chain(calls: readonly Call[]): Link {
  const timed = calls.flatMap((call, at) => {
    const bit = 1n << BigInt(at)
    const begin = { call, bit, isReturn: false, next: undefined } as Partial<Event> as Event // its match follows
    const end = { call, bit, isReturn: true, match: begin, next: undefined } as Partial<Event> as Event
    Object.assign(begin, { match: end })
    const toldAt = call.outcome === 'unknown' ? Infinity : call.toldAt
    return [
      { time: call.calledAt, event: begin },
      { time: toldAt, event: end },
    ]
  })
  const head: Link = { next: undefined }
  const state = { last: head }
  for (const { event } of timed.toSorted((one, other) => (one.time === other.time ? 0 : one.time - other.time))) {
    event.before = state.last
    state.last.next = event
    state.last = event
  }
  return head
}

function lift(event: Event): void {
  for (const one of [event, event.match]) {
    one.before.next = one.next
    if (one.next !== undefined) one.next.before = one.before
  }
}

function putBack(event: Event): void {
  for (const one of [event.match, event]) {
    one.before.next = one
    if (one.next !== undefined) one.next.before = one
  }
}

// ---- for people

function shown(calls: readonly Call[], longest: readonly Call[], what: string): string {
  const left = calls.filter((call) => !longest.includes(call) && call.outcome !== 'unknown')
  const step = Math.min(...left.map((call) => call.step))
  const told = calls.toSorted((one, other) => one.calledAt - other.calledAt).map((call) => `    ${textOf(call)}`)
  const order = longest.map((call) => `    ${textOf(call)}`)
  return [`${what}, at step ${step}`, '  what the clients were told:', ...told, '  longest order:', ...order].join('\n')
}

const textOf = ({ step, client, kind, value, expected, outcome, calledAt, toldAt }: Call): string =>
  `step ${step}, client ${client}, ${calledAt}–${outcome === 'unknown' ? '?' : toldAt}: ` +
  `${kind} ${expected === undefined ? '' : `${expected} -> `}${value} ${outcome}`
