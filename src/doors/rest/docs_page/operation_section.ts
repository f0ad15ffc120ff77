// One operation on the page: what it does, what it takes, what it answers, and a form to try it.
import {
  type Content,
  type Example,
  isReference,
  type MediaType,
  type OpenApiDocument,
  type OperationObject,
  type Parameter,
  type Reference,
  type Response,
} from '../openapi/document.ts'
import { html, jsonBlock, type Markup, sentence } from './markup.ts'
import { propertyTable, typeWords } from './schema_words.ts'
import { tryForm } from './try_form.ts'

/** An operation and where it is. */
export interface Placed {
  readonly method: string
  readonly path: string
  readonly operation: OperationObject
}

export const operationAnchor = ({ operation }: Placed): string => `operation-${operation.operationId}`
export const responseAnchor = (name: string): string => `answer-${name}`

const nameOf = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1)

/** The operation, closed until somebody opens it. */
export function operationSection(document: OpenApiDocument, placed: Placed): Markup {
  const { method, path, operation } = placed
  const parameters = operation.parameters.map((one) => parameterOf(document, one)).filter((one) => one !== undefined)
  return html`<details class="operation" id="${operationAnchor(placed)}">
    <summary>
      <span class="method ${method}">${method.toUpperCase()}</span> <code class="path">${path}</code>
      <span class="what">${operation.summary}</span>
    </summary>
    <p>${sentence(operation.description)}</p>
    ${parameters.length === 0 ? undefined : parameterTable(parameters)}
    ${operation.requestBody && bodySection(operation.requestBody.content)} ${answersSection(operation)}
    ${tryForm(placed, parameters)}
  </details>`
}

function parameterOf({ components }: OpenApiDocument, given: Parameter | Reference): Parameter | undefined {
  return isReference(given) ? components.parameters[nameOf(given.$ref)] : given
}

function parameterTable(parameters: readonly Parameter[]): Markup {
  const rows = parameters.map((one) => {
    const inner = isReference(one.schema) ? undefined : one.schema
    const deep = one.style === 'deepObject' && inner !== undefined
    const operators = deep ? Object.keys(Object(inner['properties'])) : []
    const value = deep ? operatorWords(one.name, operators) : typeWords(one.schema)
    const needed = one.required === true ? html` <small>always</small>` : undefined
    return html`<tr>
      <th scope="row"><code>${one.name}</code> <small>${one.in}</small>${needed}</th>
      <td>${value}</td>
      <td>${sentence(one.description)}</td>
    </tr>`
  })
  return html`<h4>Parameters</h4>
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Value</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`
}

const operatorWords = (name: string, operators: readonly string[]): Markup =>
  html`${operators.map((operator, at) => [at === 0 ? '' : ' ', html`<code>${name}[${operator}]</code>`])}`

function bodySection(content: Content): Markup {
  const [first] = Object.values(content)
  if (first === undefined) return html``
  return html`<h4>Body</h4>
    <p>${Object.keys(content).map((type) => html`<code>${type}</code> `)}</p>
    ${mediaSection(first)}`
}

function mediaSection(media: MediaType): Markup {
  const table = isReference(media.schema) ? undefined : propertyTable(media.schema)
  const value = table === undefined ? html`<p>${typeWords(media.schema)}</p>` : table
  const plain = 'example' in media ? [{ summary: 'Example', value: media.example }] : []
  const examples: readonly Example[] = [...plain, ...Object.values(media.examples ?? {})]
  return html`${value}${examples.map(
    (one) =>
      html`<p class="caption">${one.summary}</p>
        ${jsonBlock(one.value)}`,
  )}`
}

function answersSection({ responses }: OperationObject): Markup {
  const all = Object.entries(responses)
  const own = all.map(([status, response]) => (isReference(response) ? undefined : answerSection(status, response)))
  const shared = all.map(([status, response]) => {
    if (!isReference(response)) return undefined
    return html`<li><a href="#${responseAnchor(nameOf(response.$ref))}">${status}</a></li>`
  })
  return html`<h4>Answers</h4>
    ${own}
    <p class="caption">As everywhere:</p>
    <ul class="statuses">
      ${shared}
    </ul>`
}

/** One answer, closed until somebody opens it. */
export function answerSection(status: string, response: Response, anchor?: string): Markup {
  const names = Object.keys(response.headers)
  const content = Object.entries(response.content ?? {})
  return html`<details class="answer" ${anchor === undefined ? undefined : html` id="${anchor}"`}>
    <summary><span class="status s${status.slice(0, 1)}">${status}</span> ${sentence(response.description)}</summary>
    <p>Headers: ${names.map((name, at) => [at === 0 ? '' : ', ', html`<code>${name}</code>`])}</p>
    ${content.map(
      ([type, media]) =>
        html`<p><code>${type}</code></p>
          ${mediaSection(media)}`,
    )}
  </details>`
}
