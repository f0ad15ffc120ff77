// The explanation that is recorded with a refusal: of the row as it was then, for rows and rules change.
import type { Allow } from '../define/allow.ts'
import type { Call } from './call.ts'
import type { Denied } from './denied.ts'
import {
  type Asking,
  clausesOf,
  type Explanation,
  factsOf,
  rowOf,
  rulesOf,
  seeingRules,
  tenantClauses,
} from './explain.ts'

/** Says which clauses said no. It asks again what was asked, so only refusals cost anything. */
export async function explainDenied(call: Call, { asked }: Denied): Promise<Explanation | undefined> {
  const { operation, rows, session, caller, ask } = call
  if (session === undefined) return undefined
  const asking: Asking = { rows, session: session.house, caller }
  const { stage, fields } = asked
  const own = { stage, rules: rulesOf(operation), caller: factsOf(caller) }
  if (stage === 'caller') return { ...own, clauses: await clausesOf(asking, operation.allow, undefined) }
  if (stage === 'fields') return { ...own, ...(await fieldClauses(call, asking, asked)), fields: fields ?? [] }
  const row = asked.row ?? (await rowOf(asking, ask.id))
  const seeing = stage === 'seen' ? seeingRules(operation.noun, operation, caller) : { ...own, allow: operation.allow }
  const and = await tenantClauses(asking, row)
  return {
    ...own,
    rules: seeing.rules,
    row: row === undefined ? 'missing' : 'there',
    clauses: await clausesOf(asking, seeing.allow, row),
    ...(and.length > 0 && { and }),
  }
}

async function fieldClauses(
  { operation }: Call,
  asking: Asking,
  { fields = [], row }: Denied['asked'],
): Promise<Pick<Explanation, 'rules' | 'clauses'>> {
  const { noun } = operation
  const guarded = [...noun.fields, ...noun.items].filter(({ name }) => fields.includes(name))
  const allows = guarded.map(({ write }) => write).filter((write): write is Allow => write !== undefined)
  const clauses = []
  for (const allow of allows) clauses.push(...(await clausesOf(asking, allow, row)))
  return { rules: guarded.map(({ name }) => `${noun.name}.allow.fields.${name}.write`).join(', '), clauses }
}
