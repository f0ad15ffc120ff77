// Wrong values for every field that an operation takes, made from the model: what is not refused by name is found.
import type { App } from '../../src/define/app.ts'
import { isStandard } from '../../src/define/input.ts'
import { collectIssues } from '../../src/define/fields/issues.ts'
import type { AnyField } from '../../src/define/resource.ts'
import { type Address, addressesOf } from '../../src/doors/rest/address.ts'
import { modelOf } from '../../src/server/features.ts'

/** What somebody sends where a text belongs, to get past a comparison or to break what comes after it. */
const values: readonly unknown[] = [
  null,
  7,
  true,
  [],
  ['x'],
  [null],
  {},
  { $ne: '' },
  { $gt: '' },
  { $regex: '.*' },
  { length: 51 },
  'x'.repeat(1_000_000),
]

/** The same for a whole body. */
const bodies: readonly unknown[] = [null, [], [{}], 'x', 7, true, { $ne: null }]

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export type Send = (method: string, path: string, body: unknown, operation: string) => Promise<Answer>

/** The operations below a path that take a body. */
export const operationsOf = (app: App, below: string): readonly Address[] =>
  addressesOf(modelOf(app)).filter(({ operation, method }) => operation.path.startsWith(below) && method !== 'GET')

/** Sends every wrong value in every field of every operation; answers a line for each answer that is not right. */
export async function findings(operations: readonly Address[], send: Send): Promise<readonly string[]> {
  const found: string[] = []
  for (const { operation, method, path, name } of operations) {
    const fields = fieldsOf(operation)
    const say = (what: string, answer: Answer): void => void found.push(`${name} ${what}: ${lineOf(answer)}`)
    for (const body of fields === undefined ? [] : bodies) {
      const answer = await send(method, path, body, name)
      if (answer.status < 400 || answer.status >= 500) say(`with the body ${short(body)}`, answer)
    }
    for (const [field, value] of Object.entries(fields ?? {}).flatMap(([one]) =>
      values.map((bad) => [one, bad] as const),
    )) {
      const given = Object.fromEntries(Object.entries(fields ?? {}).map(([one, of]) => [one, of.kind.sample(1)]))
      const answer = await send(method, path, { ...given, [field]: value }, name)
      if (!isRight(fields?.[field], field, value, answer)) say(`with ${field}: ${short(value)}`, answer)
    }
  }
  return found
}

function fieldsOf({ action, verb, noun }: Address['operation']): Readonly<Record<string, AnyField>> | undefined {
  const { input } = action?.spec ?? {}
  if (input !== undefined) return isStandard(input) ? undefined : input
  if (verb !== 'create' && verb !== 'update' && verb !== 'replace') return undefined
  return Object.fromEntries(noun.fields.filter(({ client }) => client).map(({ name, field }) => [name, field]))
}

/** A value of the field may be taken, or refused later and elsewhere; everything else is refused at the field. */
function isRight(field: AnyField | undefined, name: string, value: unknown, { status, body }: Answer): boolean {
  const issues = collectIssues()
  const isMissing = value === null && field?.options.optional !== true && field?.kind.name !== 'json'
  if (value !== null) field?.kind.parse(value, '', issues)
  if (issues.found.length === 0 && !isMissing) return status < 500
  if (status === 413) return true
  const { errors = [] } = Object(body) as { errors?: { pointer?: unknown }[] }
  return status === 422 && errors.some(({ pointer }) => String(pointer).startsWith(`/${name}`))
}

const short = (value: unknown): string => JSON.stringify(value).slice(0, 40)
const lineOf = ({ status, body }: Answer): string => `${status} ${JSON.stringify(body)?.slice(0, 200)}`
