// What an operation answers when it goes well: a row, a page, a shape of its own, nothing, or "unchanged".
import type { Output } from '../../../define/action.ts'
import type { Fields } from '../../../define/field.ts'
import type { Noun } from '../../../define/noun.ts'
import { isCreate, type Operation } from '../../../define/operation.ts'
import type { AnyResource } from '../../../define/resource.ts'
import { headersOf, type HeaderName } from './answer_headers.ts'
import type { MediaType, Reference, Response, Responses } from './document.ts'
import { fieldsExample, pageExample, rowExample } from './examples.ts'
import { objectOf } from './field_schemas.ts'
import { historyExample, historySchema } from './history_schemas.ts'
import type { Making } from './making.ts'
import { pascal } from './names.ts'
import { pageSchema, rowSchema, viewOf } from './noun_schemas.ts'

/** The answers of an operation that went well, by status. */
export function answersOf(making: Making, operation: Operation): Responses {
  const { verb, noun } = operation
  const byVerb: Readonly<Record<typeof verb, () => Responses>> = {
    list: () => ({ 200: pageAnswer(making, noun) }),
    read: () => ({ 200: readAnswer(making, noun), 304: unchanged(making) }),
    history: () => ({ 200: historyAnswer(making, noun) }),
    delete: () => ({ 204: nothing(making, 'It is deleted.') }),
    create: () => ({ 201: createdAnswer(making, noun) }),
    update: () => changedAnswers(making, noun),
    replace: () => changedAnswers(making, noun),
    act: () => actAnswers(making, operation),
  }
  return byVerb[verb]()
}

/** Is the answer a row, which `return=minimal` leaves out? */
export function answersRow({ verb, action }: Operation): boolean {
  if (action !== undefined) return isResource(action.spec.output ?? action.on)
  return verb === 'create' || verb === 'update' || verb === 'replace'
}

const isResource = (output: Output): output is AnyResource =>
  typeof output === 'object' && 'type' in output && output.type === 'resource'

function pageAnswer(making: Making, noun: Noun): Response {
  const content = { schema: pageSchema(making, noun), example: pageExample(noun) }
  return json(making, 'A page of the list.', content, ['Link'])
}

function readAnswer(making: Making, noun: Noun): Response {
  return json(making, 'The row.', { schema: viewOf(making, noun), example: rowExample(noun) }, ['ETag'])
}

function historyAnswer(making: Making, noun: Noun): Response {
  const content = { schema: historySchema(making, noun), example: historyExample(noun) }
  return json(making, 'A page of the history of the row.', content, ['Link'])
}

function unchanged(making: Making): Response {
  return { description: 'The row is as the caller has it.', headers: headersOf(making.shelf, 'ETag') }
}

function createdAnswer(making: Making, noun: Noun): Response {
  const said = 'The row as it was made; no body with `Prefer: return=minimal`.'
  return json(making, said, rowContent(making, noun), ['ETag', 'Location', 'Preference-Applied'])
}

function changedAnswers(making: Making, noun: Noun): Responses {
  const row = json(making, 'The row as it is now.', rowContent(making, noun), ['ETag', 'Preference-Applied'])
  return { 200: row, 204: nothing(making, 'It is done; `Prefer: return=minimal` asked for no more.', 'ETag') }
}

const rowContent = (making: Making, noun: Noun): MediaType => ({
  schema: rowSchema(making, noun),
  example: rowExample(noun),
})

function actAnswers(making: Making, operation: Operation): Responses {
  const { action, noun } = operation
  const output = action?.spec.output ?? action?.on
  if (action?.spec.status === 202) return { 202: nothing(making, 'It is begun; how it ends is not told here.') }
  if (action === undefined || output === undefined || output === 'nothing')
    return { 204: nothing(making, 'It is done.') }
  if (isResource(output)) {
    const answered = making.model.nouns.get(output.name) ?? noun
    return isCreate(action) ? { 201: createdAnswer(making, answered) } : changedAnswers(making, answered)
  }
  return { [action.spec.status ?? 200]: valueAnswer(making, operation, output) }
}

function valueAnswer(making: Making, { noun, action }: Operation, output: Fields): Response {
  const name = `${making.names(noun).row}${pascal(action?.name ?? '')}`
  const used = (as: string, fields: Fields, description: string): Reference =>
    making.shelf.use('schemas', `${name}${as}`, () => ({ ...objectOf(fields, 'answer'), description }))
  const usual = used('Answer', output, `What \`${action?.name ?? ''}\` answers.`)
  const { other, third } = action?.spec ?? {}
  const said = `What \`${action?.name ?? ''}\` may answer instead.`
  const others = [
    ...(other === undefined ? [] : [used('OtherAnswer', other, said)]),
    ...(third === undefined ? [] : [used('ThirdAnswer', third, said)]),
  ]
  const schema = others.length === 0 ? usual : { oneOf: [usual, ...others] }
  const own: HeaderName[] = ['Preference-Applied', ...(action?.spec.status === 201 ? (['Location'] as const) : [])]
  return json(making, 'What came of it.', { schema, example: fieldsExample(output, 'answer') }, own)
}

function nothing({ shelf }: Making, description: string, ...own: readonly HeaderName[]): Response {
  return { description, headers: headersOf(shelf, ...own, 'Preference-Applied') }
}

function json({ shelf }: Making, description: string, content: MediaType, own: readonly HeaderName[]): Response {
  return { description, headers: headersOf(shelf, ...own), content: { 'application/json': content } }
}
