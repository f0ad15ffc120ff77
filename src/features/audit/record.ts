// Writes down who did what, in the commit that does it: one statement for a call, whatever it changed.
import type { Problem } from '../../base/pure/problem.ts'
import { type House, storeOf } from '../../call/house.ts'
import type { Change, Sweep, Work } from '../../call/work.ts'
import type { Dialect } from '../../store/contract.ts'
import { type Layout, quote } from '../../store/layout.ts'
import { Draft, type Prepared, Shapes } from '../../store/sql.ts'
import { channels } from './channels.ts'
import { purposes, type Telling, writeContent } from './content.ts'
import { differenceOf } from './difference.ts'
import { waiting } from './nouns.ts'

/** Entries that one statement takes; a call that changes more rows takes several. */
const perStatement = 100

/** Records the work: an entry for each audited row it changed, or one for a call that changed none or was refused. */
export function record(work: Work, refused: Problem | undefined, why?: object): void {
  const { deed, changes, sweeps } = work
  const told: Telling[] = [
    ...changes.filter(({ rows }) => rows.noun.audited).map(saidOf),
    ...sweeps.filter(({ rows }) => rows?.noun.audited !== false).map(saidOfSweep),
  ]
  if (told.length === 0) {
    if (deed.on?.noun.audited !== true) return
    // A refusal changed nothing; what stands there instead is why.
    told.push(why === undefined ? {} : { after: { why } })
  }
  const common = saidOfCall(work, refused?.code ?? 'done')
  work.channels.add(channels.recorded)
  insert(
    work,
    told.map((own) => entryOf(work.house, { ...common, ...own })),
  )
}

function saidOf(change: Change): Telling {
  const { before, after, withheld, change: how } = differenceOf(change)
  const row = String((change.after ?? change.before)?.row[0])
  const names = withheld.length === 0 ? null : withheld.join(' ')
  return { noun: change.rows.noun.name, row, change: how, before, after, withheld: names }
}

// Which rows they are, the statement does not say.
function saidOfSweep({ rows, change, count }: Sweep): Telling {
  return { noun: rows?.noun.name, change, after: { rows: count } }
}

function saidOfCall({ deed, now }: Work, outcome: string): Telling {
  const { caller, origin, on } = deed
  return {
    createdAt: now.toISOString(),
    operation: deed.operation.slice(0, 300),
    target: on?.row,
    outcome,
    caller: caller.id,
    session: caller.session,
    key: caller.key,
    address: given(origin.address),
    request: given(origin.requestId),
  }
}

const given = (text: string): string | null => (text === '' ? null : text)

/** An entry as its row: id, content, code, noun, row, time. */
type Entry = readonly [string, string, string, string | null, string | null, string]

function entryOf({ id, keys }: House, told: Telling): Entry {
  const own = id()
  const content = writeContent({ ...told, id: own })
  const mac = keys.mac(purposes.waiting, content)
  return [own, content, mac, told.noun ?? null, told.row ?? null, told.createdAt ?? '']
}

function insert({ session, house }: Work, made: readonly Entry[]): void {
  const { layout, dialect } = storeOf(house, waiting.name)
  for (let at = 0; at < made.length; at += perStatement) {
    const part = made.length <= perStatement ? made : made.slice(at, at + perStatement)
    const statement = statementFor(layout, dialect, part.length)
    session.atCommit(statement.statement, statement.values(part))
  }
}

type Made = Prepared<readonly Entry[]>

const statements = new WeakMap<Layout, Shapes<Made>>()

function statementFor(layout: Layout, dialect: Dialect, count: number): Made {
  let shapes = statements.get(layout)
  if (shapes === undefined) statements.set(layout, (shapes = new Shapes(perStatement)))
  return shapes.get(String(count), () => makeStatement(layout, dialect, count))
}

function makeStatement({ table }: Layout, dialect: Dialect, count: number): Made {
  const draft = new Draft<readonly Entry[]>(dialect)
  const tuples = Array.from({ length: count }, (_, at) => {
    const id = draft.slot('uuid', (made) => made[at]?.[0] ?? null)
    const texts = ([1, 2, 3, 4] as const).map((part) => draft.slot('text', (made) => made[at]?.[part] ?? null))
    const [created, updated] = [0, 1].map(() => draft.slot('instant', (made) => made[at]?.[5] ?? null))
    return `(${id}, ${texts.join(', ')}, ${dialect.logged}, ${created}, ${updated}, 1)`
  })
  const names = ['id', 'content', 'mac', 'noun', 'row', 'arrival', 'created_at', 'updated_at', 'version'].map(quote)
  return draft.finish(`insert into ${quote(table)} (${names.join(', ')}) values ${tuples.join(', ')}`, [])
}
