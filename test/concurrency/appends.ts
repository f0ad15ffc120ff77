// Judges transactions that append to lists and read them: what no serializable database can have told.
import { type Edge, findCycles } from './cycles.ts'

export type Step =
  | { readonly kind: 'append'; readonly list: string; readonly element: number }
  /** `seen` is undefined where the answer never came. */
  | { readonly kind: 'read'; readonly list: string; readonly seen: readonly number[] | undefined }

export interface Transaction {
  readonly step: number
  readonly client: number
  /** `undone`: it was told that nothing was done. `unknown`: nothing was told. */
  readonly outcome: 'done' | 'undone' | 'unknown'
  readonly steps: readonly Step[]
}

/**
 * `lost`: told done, and not there. `fork`: two reads of which none is the beginning of the other. `made up`: nobody
 * appended it. `twice`: one append, there more than once. `internal`: a transaction that does not see its own appends.
 */
export interface Anomaly {
  readonly kind: 'G0' | 'G1a' | 'G1b' | 'G1c' | 'G-single' | 'G2' | 'lost' | 'fork' | 'made up' | 'twice' | 'internal'
  readonly step: number
  readonly text: string
}

/** What each list holds when all is over. */
export type Held = ReadonlyMap<string, readonly number[]>

/** All that is wrong; nothing where some order of the transactions, one after the other, explains it all. */
export function judgeAppends(told: readonly Transaction[], held: Held): Anomaly[] {
  const last: Transaction = {
    step: Infinity,
    client: -1,
    outcome: 'done',
    steps: [...held].map(([list, seen]) => ({ kind: 'read', list, seen })),
  }
  const all = [...told, last]
  const writers = writersOf(all)
  const reads = all.flatMap((transaction) => readsOf(transaction))
  const wrong = [...lost(told, held), ...reads.flatMap((read) => judgeRead(read, writers, held))]
  const edges = edgesOf(reads, writers, held)
  const cycles = findCycles(edges).map(({ kind, edges: around }) => ({
    kind,
    step: Math.max(...around.map(({ from }) => from).filter(Number.isFinite)),
    text: around.map((edge) => `${nameOf(edge.from)} ${edge.kind} ${nameOf(edge.to)} (${edge.list})`).join(', '),
  }))
  return [...wrong, ...cycles]
}

/** What was told and what is held, for the failure's message. */
export function histories(told: readonly Transaction[], held: Held): string {
  const line = ({ step, client, outcome, steps }: Transaction): string =>
    `    step ${step}, client ${client}, ${outcome}: ${steps.map(textOf).join('; ')}`
  const lists = [...held].map(([list, elements]) => `    ${list}: ${elements.join(' ')}`)
  return ['  what the clients were told:', ...told.map(line), '  what the database holds:', ...lists].join('\n')
}

const textOf = (step: Step): string =>
  step.kind === 'append'
    ? `append ${step.element} to ${step.list}`
    : `read ${step.list}: ${step.seen?.join(' ') ?? '?'}`

const nameOf = (step: number): string => (Number.isFinite(step) ? `step ${step}` : 'the end')

interface Writer {
  readonly transaction: Transaction
  /** It appended to the same list once more, so nobody else may see the list end here. */
  readonly isBetween: boolean
}
type Writers = ReadonlyMap<number, Writer>

function writersOf(all: readonly Transaction[]): Writers {
  const writers = new Map<number, Writer>()
  for (const transaction of all) {
    const appends = transaction.steps.filter((step) => step.kind === 'append')
    for (const { list, element } of appends) {
      const isBetween = appends.findLast((step) => step.list === list)?.element !== element
      writers.set(element, { transaction, isBetween })
    }
  }
  return writers
}

/** A read as others made it: without what the transaction had appended itself. */
interface Read {
  readonly reader: Transaction
  readonly list: string
  readonly seen: readonly number[]
  readonly others: readonly number[]
  readonly seesItself: boolean
}

function readsOf(reader: Transaction): Read[] {
  if (reader.outcome !== 'done') return []
  const own = new Map<string, number[]>()
  const reads: Read[] = []
  for (const step of reader.steps) {
    const mine = own.get(step.list) ?? []
    if (step.kind === 'append') own.set(step.list, [...mine, step.element])
    else if (step.seen !== undefined) {
      const { list, seen } = step
      const others = seen.slice(0, Math.max(0, seen.length - mine.length))
      const seesItself = mine.every((element, at) => seen[others.length + at] === element)
      reads.push({ reader, list, seen, others, seesItself })
    }
  }
  return reads
}

function lost(told: readonly Transaction[], held: Held): Anomaly[] {
  return told.flatMap(({ step, outcome, steps }) =>
    steps.flatMap((one): Anomaly[] =>
      outcome !== 'done' || one.kind === 'read' || held.get(one.list)?.includes(one.element) === true
        ? []
        : [{ kind: 'lost', step, text: `step ${step}: ${textOf(one)} was told done` }],
    ),
  )
}

function judgeRead({ reader, list, seen, others, seesItself }: Read, writers: Writers, held: Held): Anomaly[] {
  const step = Number.isFinite(reader.step) ? reader.step : 0
  const say = (kind: Anomaly['kind'], what: string): Anomaly => ({
    kind,
    step,
    text: `${nameOf(reader.step)} read ${list}: ${seen.join(' ')}; ${what}`,
  })
  const final = held.get(list) ?? []
  const wrong: Anomaly[] = []
  const end = writers.get(others.at(-1) ?? Number.NaN)
  if (!seesItself) wrong.push(say('internal', 'it does not end in its own appends'))
  if (new Set(seen).size < seen.length) wrong.push(say('twice', 'an element is there twice'))
  if (seen.some((element, at) => element !== final[at])) wrong.push(say('fork', `the list is ${final.join(' ')}`))
  if (end?.isBetween === true && end.transaction !== reader) wrong.push(say('G1b', 'its writer was not done'))
  for (const element of seen) {
    const writer = writers.get(element)
    if (writer === undefined) wrong.push(say('made up', `nobody appended ${element}`))
    else if (writer.transaction.outcome === 'undone') wrong.push(say('G1a', `${element} was undone`))
  }
  return wrong
}

function edgesOf(reads: readonly Read[], writers: Writers, held: Held): Edge[] {
  const edges: Edge[] = []
  const add = (
    kind: Edge['kind'],
    list: string,
    from: Writer | Read | undefined,
    to: Writer | Read | undefined,
  ): void => {
    const [source, target] = [from, to].map((one) =>
      one !== undefined && 'reader' in one ? one.reader : one?.transaction,
    )
    if (source === undefined || target === undefined || source === target) return
    edges.push({ from: source.step, to: target.step, kind, list })
  }
  const writerOf = (element: number | undefined): Writer | undefined => writers.get(element ?? Number.NaN)
  for (const [list, final] of held)
    for (let at = 1; at < final.length; at++) add('ww', list, writerOf(final[at - 1]), writerOf(final[at]))
  for (const read of reads) {
    const final = held.get(read.list) ?? []
    add('wr', read.list, writerOf(read.others.at(-1)), read)
    add('rw', read.list, read, writerOf(final[read.others.length]))
  }
  return edges
}
