// `plinth explain`: which rule let a request pass or refused it, and what of it did not hold.
import { isId } from '../base/id.ts'
import type { Asking, Clause, Explanation } from '../call/explain.ts'
import { explainNow } from '../call/explain.ts'
import { findRows } from '../call/find.ts'
import type { Model } from '../define/model.ts'
import { memberRole } from '../define/rule.ts'
import { accounts, members, serviceAccounts, serviceMembers } from '../features/accounts/index.ts'
import { entriesOf, type Entry } from '../features/audit/index.ts'
import { readConfig } from '../server/config.ts'
import { openReader } from '../server/engine.ts'
import { modelOf } from '../server/features.ts'
import { exitCodes } from '../server/run.ts'
import type { Dialect, Session } from '../store/contract.ts'
import { RowStore } from '../store/row_store.ts'
import { type Command, flag, namesIn, text, textOf, type Words } from './command.ts'
import { UsageError } from './complain.ts'
import { findApp } from './find_app.ts'
import { say, type Terminal } from './terminal.ts'

export const explain: Command = {
  name: 'explain',
  summary: 'say which rule let a request pass, or refused it',
  help: `plinth explain <request id> [--app <file>] [--json]
plinth explain --operation <id> [--caller <id>] [--roles <a,b>] [--tenant <id>] [--row <id>] [--app <file>] [--json]

The id is that of the header X-Request-Id and of every problem's requestId. A refusal of what writes is recorded with
its reason, as it was then: where the rules stand, who called with which roles, and what of each rule did not hold.
Values of rows are never told. For what was done the rules are asked again, of the caller and the row as they are now.

What only looks is not recorded: ask for it by --operation (orders.read), as it would be answered now. Roles are those
of the caller's account, or --roles.

Reads DATABASE_URL, also while the app runs. Exit code 0 where something is explained, 1 where the request is not in
the audit, or the answer to --operation would be no.
`,
  options: { app: text, operation: text, caller: text, roles: text, tenant: text, row: text, json: flag },
  async run(words, terminal) {
    const [request] = words.positionals
    const operation = textOf(words, 'operation')
    if ((request === undefined) === (operation === undefined) || words.positionals.length > 1)
      throw new UsageError('explain: say a request id, or --operation')
    const model = operation === undefined ? await modelIfThere(words) : modelOf(await findApp(textOf(words, 'app')))
    const reader = await openReader(readConfig(terminal.environment).databaseUrl)
    try {
      const place = { ...reader, model, terminal }
      if (request !== undefined) return await explainRequest(place, request, words)
      return await explainOperation(place, operation ?? '', words)
    } finally {
      await reader.close()
    }
  },
}

interface Place {
  readonly session: Session
  readonly dialect: Dialect
  /** Undefined where there is no app here; what is recorded is told without one. */
  readonly model: Model | undefined
  readonly terminal: Terminal
}

type Told = Explanation & { readonly allowed: boolean }

async function modelIfThere(words: Words): Promise<Model | undefined> {
  const app = textOf(words, 'app')
  if (app !== undefined) return modelOf(await findApp(app))
  return findApp(undefined).then(modelOf, (error: unknown) => {
    if (error instanceof UsageError) return undefined
    throw error
  })
}

// ---- a request that was made

async function explainRequest(place: Place, request: string, words: Words): Promise<number> {
  const entries = await entriesOf(place.session, place.dialect, request)
  const told = []
  for (const entry of entries) told.push({ entry, why: await whyOf(place, entry) })
  const isJson = words.values['json'] === true
  for (const line of isJson ? [jsonOf(request, told)] : linesOfRequest(request, told)) say(place.terminal, line)
  return entries.length === 0 ? exitCodes.no : exitCodes.ok
}

interface ToldEntry {
  readonly entry: Entry
  readonly why: Told | undefined
}

const jsonOf = (request: string, told: readonly ToldEntry[]): string =>
  JSON.stringify({ request, entries: told.map(({ entry, why }) => ({ ...shortOf(entry), why: why ?? null })) })

function* linesOfRequest(request: string, told: readonly ToldEntry[]): Generator<string> {
  if (told.length === 0)
    yield (
      `${request} is not in the audit: ` +
      'it only looked, it was refused before its operation was known, or it is gone.'
    )
  for (const { entry, why } of told) {
    yield lineOf(entry)
    for (const line of why === undefined ? [noRule(entry)] : linesOf(why, entry.outcome === 'done')) yield `  ${line}`
  }
}

const shortOf = ({ createdAt, operation, target, outcome, caller, noun, row, change }: Entry): object => ({
  at: createdAt,
  operation,
  target,
  outcome,
  caller,
  noun,
  row,
  change,
})

const lineOf = ({ createdAt, operation, target, outcome, caller, noun, row, change }: Entry): string => {
  const on = target === null ? '' : ` of ${target}`
  const what = row === null ? '' : `; ${noun} ${row} ${change}`
  return `${createdAt} ${operation}${on} by ${caller ?? 'nobody'}: ${outcome}${what}`
}

const noRule = ({ outcome }: Entry): string =>
  outcome === 'done' ? 'No operation of this app, so no rule was asked.' : `No rule of allow decided it: ${outcome}.`

async function whyOf(place: Place, entry: Entry): Promise<Told | undefined> {
  const kept: unknown = entry.after === null ? undefined : JSON.parse(entry.after) // written by `record`
  if (typeof kept === 'object' && kept !== null && 'why' in kept && entry.noun === null)
    return { ...(kept.why as Explanation), allowed: false } // as `explainDenied` made it
  const operation = place.model?.operations.find(({ id }) => id === entry.operation)
  if (operation === undefined || entry.outcome !== 'done') return undefined
  const caller = await callerOf(place, entry.caller, undefined, null)
  return explainNow(askingOf(place, operation.noun.name, caller), operation, entry.target ?? undefined)
}

// ---- what would be answered now

async function explainOperation(place: Place, id: string, words: Words): Promise<number> {
  const operation = place.model?.operations.find((one) => one.id === id)
  if (operation === undefined) throw new UsageError(`explain: the app has no operation "${id}"`)
  const caller = await callerOf(place, idIn(words, 'caller'), textOf(words, 'roles'), idIn(words, 'tenant'))
  const told = await explainNow(
    askingOf(place, operation.noun.name, caller),
    operation,
    idIn(words, 'row') ?? undefined,
  )
  const isJson = words.values['json'] === true
  for (const line of isJson ? [JSON.stringify(told)] : linesOf(told, true)) say(place.terminal, line)
  return told.allowed ? exitCodes.ok : exitCodes.no
}

function idIn(words: Words, name: string): string | null {
  const text = textOf(words, name)
  if (text === undefined || isId(text)) return text ?? null
  throw new UsageError(`explain: --${name} is an id`)
}

function askingOf({ session, dialect, model }: Place, noun: string, caller: Asking['caller']): Asking {
  const nouns = model!.nouns // whoever comes here found its operation in the model
  return { rows: new RowStore(nouns.get(noun)!, nouns, dialect), session, caller }
}

/** The caller with the roles of its account or service account, and of the organization it is said to act for. */
async function callerOf(
  place: Place,
  id: string | null,
  roles: string | undefined,
  tenant: string | null,
): Promise<Asking['caller']> {
  if (roles !== undefined) return { id, tenant, roles: roles.split(',') }
  if (id === null || !isId(id)) return { id, tenant, roles: [] }
  const own = (await rolesAt(place, accounts.name, id)) ?? (await rolesAt(place, serviceAccounts.name, id)) ?? []
  return { id, tenant, roles: [...own, ...(tenant === null ? [] : await roleIn(place, tenant, id))] }
}

async function rolesAt(place: Place, noun: string, id: string): Promise<string[] | undefined> {
  const caller = { id: null, tenant: null, roles: [] }
  const { rows, session } = askingOf(place, noun, caller)
  const made = rows.readById({ seen: undefined, count: 1 })
  const [row] = await session.all(made.statement, made.values({ ids: [id], caller }))
  if (row === undefined) return undefined
  const held = row[rows.layout.at.get('roles') ?? -1]
  return typeof held === 'string' ? namesIn(held) : []
}

/** The role in an organization, of a person or of a program; none where they are not in it. */
async function roleIn(place: Place, organization: string, id: string): Promise<string[]> {
  for (const [noun, who] of [
    [members.name, { account: id }],
    [serviceMembers.name, { serviceAccount: id }],
  ] as const) {
    const { rows, session } = askingOf(place, noun, { id: null, tenant: null, roles: [] })
    const [row] = await findRows(rows, session, { organization, ...who }, { limit: 1 })
    const held = row?.[rows.layout.at.get('role') ?? -1]
    if (typeof held === 'string') return [memberRole(held)]
  }
  return []
}

// ---- as text

const stages = {
  caller: 'before any row was read',
  seen: 'whether the row is there for this caller',
  row: 'of the row',
  fields: 'of single fields',
  left: 'of the row as it would be left',
} as const

function* linesOf(why: Told, isNow: boolean): Generator<string> {
  const { stage, rules, caller, row, clauses, and = [], allowed, fields = [] } = why
  const { id, tenant, roles } = caller
  yield `${allowed ? 'Allowed' : 'Refused'} by ${rules}, asked ${stages[stage]}${isNow ? ', as it is now' : ''}.`
  yield `caller: ${id ?? 'nobody'}; roles: ${roles.join(', ') || 'none'}; organization: ${tenant ?? 'none'}`
  if (row === 'missing') yield 'There is no row with this id.'
  else if (stage === 'seen') yield 'The row is there, and not for this caller: they are answered as if it were not.'
  if (fields.length > 0) yield `fields: ${fields.join(', ')}`
  if (clauses.length === 0) yield 'No rule is declared, so nobody may.'
  for (const clause of clauses) yield lineOfClause('any of', clause)
  for (const clause of and) yield lineOfClause('and', clause)
}

const lineOfClause = (which: string, { rule, holds, because }: Clause): string =>
  `${holds ? 'yes' : 'no '}  ${which}  ${rule}${because.length === 0 ? '' : `  (${because.join('; ')})`}`
