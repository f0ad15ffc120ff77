// A form that calls the operation from the page: its parameters, its body, the answer underneath.
import { isReference, type MediaType, type Parameter } from '../openapi/document.ts'
import { html, type Markup } from './markup.ts'
import type { Placed } from './operation_section.ts'

/** The form. The script of the page sends it. */
export function tryForm({ method, path, operation }: Placed, parameters: readonly Parameter[]): Markup {
  const { operationId, requestBody } = operation
  const content = Object.entries(requestBody?.content ?? {})[0]
  const fields = parameters.map((one, at) => fieldOf(one, `${operationId}-${at}`))
  return html`<details class="try">
    <summary>Try it</summary>
    <form data-method="${method.toUpperCase()}" data-path="${path}" data-type="${content?.[0] ?? ''}">
      <div class="fields">${fields}</div>
      ${content && bodyField(operationId, content[1])}
      <button type="submit">Send</button>
      <output aria-live="polite"></output>
    </form>
  </details>`
}

function fieldOf(parameter: Parameter, id: string): Markup {
  const { name, in: place, required } = parameter
  const operators = operatorsOf(parameter)
  const needed = required === true ? html` required` : undefined
  const input = html`<input
    id="${id}"
    data-in="${place}"
    data-name="${name}"
    autocomplete="off"
    spellcheck="false"
    ${needed}
  />`
  if (operators.length === 0) return html`<label for="${id}">${name}</label><span>${input}</span>`
  const options = operators.map((operator) => html`<option>${operator}</option>`)
  return html`<label for="${id}">${name}</label
    ><span
      ><select aria-label="How to compare ${name}">
        ${options}</select
      >${input}</span
    >`
}

function operatorsOf({ style, schema }: Parameter): string[] {
  return style === 'deepObject' && !isReference(schema) ? Object.keys(Object(schema['properties'])) : []
}

function bodyField(operationId: string, { example }: MediaType): Markup {
  const id = `${operationId}-body`
  const text = example === undefined ? '' : JSON.stringify(example, null, 2)
  const rows = Math.min(Math.max(text.split('\n').length, 3), 20)
  return html`<label for="${id}">Body</label><textarea id="${id}" rows="${rows}" spellcheck="false">${text}</textarea>`
}
