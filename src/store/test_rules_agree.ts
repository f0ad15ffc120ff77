// Holds the ways in which a rule is asked to each other: in process, as a filter, and as the policies of a database.
import type { Model } from '../define/model.ts'
import type { Noun } from '../define/noun.ts'
import type { Expr } from '../define/predicate.ts'
import { type Actor, type Engine, StoreError, type Transaction } from './contract.ts'
import { evaluate } from './evaluate.ts'
import { type Layout, layoutOf, type StoredRow } from './layout.ts'
import { wantedTables } from './policies.ts'
import { padded, RowStore } from './row_store.ts'
import { modelWith, type RandomRule } from './test_random_rules.ts'

/** What is asked, and of which rows. */
export interface Asked {
  readonly rule: RandomRule
  readonly things: readonly StoredRow[]
  readonly members: readonly StoredRow[]
  readonly actors: readonly Omit<Actor, 'verb'>[]
}

/** How the statements that make policies and functions are changed before they are run: a seeded fault. */
export type Mutation = (statement: string) => string

/** Puts the rows in, and the rule where the database keeps rules; the rows before are gone. */
export async function lay(engine: Engine, { rule, things, members }: Asked, mutate: Mutation = same): Promise<Model> {
  const model = modelWith(rule)
  const stores = ['things', 'members'].map((name) => new RowStore(model.nouns.get(name)!, model.nouns, engine.dialect))
  const law = lawOf(engine, model, mutate)
  await engine.script(['begin', ...law, 'delete from "things"', 'delete from "members"', 'commit'])
  await engine.write({ name: 'rows', isolation: 'locked' }, async (tx) => {
    await stores[0]!.insert(
      tx,
      things.map((row) => ({ row, items: [] })),
    )
    await stores[1]!.insert(
      tx,
      members.map((row) => ({ row, items: [] })),
    )
  })
  return model
}

const same: Mutation = (statement) => statement

function lawOf({ security: keeper, dialect }: Engine, model: Model, mutate: Mutation): string[] {
  if (keeper === undefined || dialect.security === undefined) return []
  const { security } = dialect
  const want = wantedTables(model, dialect, { rowSecurity: true })
  const table = want.tables.find(({ name }) => name === 'things')!
  return [
    dropAll,
    ...(want.functions ?? []).flatMap((made) => security.createFunction(made)).map(mutate),
    ...security.enable('things', table.security?.privileges ?? []),
    ...(table.security?.policies ?? []).map((policy) => mutate(security.createPolicy('things', policy))),
  ].map((statement) => keeper.spell(statement))
}

const dropAll = `do $all$
  declare one record;
  begin
    for one in select polname from pg_policy where polrelid = 'things'::regclass loop
      execute format('drop policy %I on things', one.polname);
    end loop;
  end $all$`

/** Where two ways of asking the rule differ: one line each; none where all agree. */
export async function disagreements(engine: Engine, model: Model, asked: Asked): Promise<string[]> {
  const noun = model.nouns.get('things')!
  const found: string[] = []
  for (const actor of asked.actors) {
    const expected = namesOf(asked.things.filter((row) => isAllowed(asked, noun, row, actor)))
    const say = (way: string, got: readonly string[]): void => {
      if (got.join() === expected.join()) return
      found.push(
        `${way}: ${got.join(' ')} where the evaluator says ${expected.join(' ')}, for ${JSON.stringify(actor)}`,
      )
    }
    say('filter', await filtered(engine, model, asked, actor))
    if (engine.security === undefined) continue
    say('policy', await seen(engine, actor))
    say('with check', await written(engine, noun, asked, actor))
  }
  return found
}

const namesOf = (rows: readonly StoredRow[]): string[] => rows.map(([id]) => String(id).slice(-4)).toSorted()

// ---- in process

function isAllowed({ rule, members }: Asked, noun: Noun, row: StoredRow, actor: Omit<Actor, 'verb'>): boolean {
  const layout = layoutOf(noun)
  const { allow, isTenanted } = rule
  if (isTenanted && (actor.tenant === null || row[layout.at.get('team')!] !== actor.tenant)) return false
  if (allow.callers.some(({ rule: name, role }) => satisfies(actor, name, role))) return true
  const own = rule.areMembersTenanted ? members.filter(({ [inTeam]: team }) => team === actor.tenant) : members
  return (
    actor.id !== null && allow.rows.some((expr) => decide(expr, { row, layout, actor, members: own, noun }) === true)
  )
}

const bare = { allow: { callers: [], rows: [] }, isTenanted: false, areMembersTenanted: false }
const inTeam = layoutOf(modelWith(bare).nouns.get('members')!).at.get('inTeam')!

function satisfies({ id, roles }: Omit<Actor, 'verb'>, rule: string, role: string | undefined): boolean {
  if (rule === 'anyone') return true
  return rule === 'signedIn' ? id !== null : roles.includes(role ?? '')
}

interface Deciding {
  readonly row: StoredRow
  readonly layout: Layout
  readonly actor: Omit<Actor, 'verb'>
  readonly members: readonly StoredRow[]
  readonly noun: Noun
}

// What the evaluator leaves to the database is asked of it here row by row: the columns of both, laid side by side.
function decide(expr: Expr, deciding: Deciding): boolean | null {
  const { row, layout, actor, members } = deciding
  if (expr.op === 'exists') {
    const both = sideBySide(layout)
    return members.some((member) => evaluate(expr.where, both, [...row, ...member], actor) === true)
  }
  if (expr.op === 'not') {
    const inner = decide(expr.part, deciding)
    return inner === null ? null : !inner
  }
  if (expr.op !== 'and' && expr.op !== 'or') return evaluate(expr, layout, row, actor)
  const parts = expr.parts.map((part) => decide(part, deciding))
  const decisive = expr.op === 'or'
  if (parts.includes(decisive)) return decisive
  return parts.includes(null) ? null : !decisive
}

function sideBySide(layout: Layout): Layout {
  const inner = layoutOf(modelWith(bare).nouns.get('members')!)
  const columns = [...layout.columns, ...inner.columns]
  const at = new Map([...inner.columns, ...layout.columns].map(({ name }) => [name, -1]))
  for (const name of at.keys())
    at.set(
      name,
      columns.findIndex((one) => one.name === name),
    )
  return { ...layout, columns, at }
}

// ---- in the database

async function filtered(
  engine: Engine,
  model: Model,
  { rule, things }: Asked,
  actor: Omit<Actor, 'verb'>,
): Promise<string[]> {
  const { allow, isTenanted } = rule
  const isOpen = allow.callers.some(({ rule: name, role }) => satisfies(actor, name, role))
  if (!isOpen && actor.id === null) return []
  const everything: Expr[] | undefined = isTenanted ? [{ op: 'and', parts: [] }] : undefined
  const store = new RowStore(model.nouns.get('things')!, model.nouns, engine.dialect)
  const made = store.readById({ seen: isOpen ? everything : allow.rows, count: padded(things.length) })
  const ids = things.map(([id]) => String(id))
  return namesOf(await engine.query(made.statement, made.values({ ids, caller: actor }), { ...actor, verb: 'read' }))
}

const seen = async (engine: Engine, actor: Omit<Actor, 'verb'>): Promise<string[]> =>
  namesOf(await engine.query({ text: 'select "id" from "things"', reads: ['uuid'] }, [], { ...actor, verb: 'read' }))

/** The rows that a caller could write under ids of their own. Nothing of it is kept. */
async function written(engine: Engine, noun: Noun, { things }: Asked, actor: Omit<Actor, 'verb'>): Promise<string[]> {
  const store = new RowStore(noun, new Map([['things', noun]]), engine.dialect)
  const options = { name: 'with check', isolation: 'locked', rollback: true } as const
  const few = things.filter((_, at) => at % 3 === 0)
  const rest = things.filter((_, at) => at % 3 !== 0)
  const made = await engine.write(options, async (tx) => {
    const kept: StoredRow[] = []
    for (const row of few) if (await canWrite(tx, store, row, actor)) kept.push(row)
    return kept
  })
  // Those that are not tried count as the policy sees them, so that one list is compared.
  const others = new Set(await seen(engine, actor))
  return namesOf([...made, ...rest.filter((row) => others.has(namesOf([row])[0]!))])
}

async function canWrite(
  tx: Transaction,
  store: RowStore,
  row: StoredRow,
  actor: Omit<Actor, 'verb'>,
): Promise<boolean> {
  const session = {
    all: (...[made, values]: Parameters<Transaction['all']>) => tx.all(made, values, { ...actor, verb: 'create' }),
  }
  const copy = row.with(0, String(row[0]).replace(/^0189/, '0190'))
  try {
    await tx.savepoint(() => store.insert(session, [{ row: copy, items: [] }]))
    return true
  } catch (error) {
    if (error instanceof StoreError && error.failure === 'denied') return false
    throw error
  }
}
