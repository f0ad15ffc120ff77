// The whole page, made once from the contract: readable without the script, and without any other server.
import { createHash } from 'node:crypto'
import type { OpenApiDocument } from '../openapi/document.ts'
import { html, type Markup, sentence, trusted } from './markup.ts'
import { answerSection, operationAnchor, operationSection, type Placed, responseAnchor } from './operation_section.ts'
import { propertyTable, schemaAnchor, typeWords } from './schema_words.ts'
import { script } from './script.ts'
import { style } from './style.ts'

/** A page, and the policy under which a browser may show it. */
export interface Page {
  readonly html: string
  /** Content-Security-Policy: its own style and script by hash, calls to its own origin, nothing else. */
  readonly policy: string
}

/** The contract as a page. */
export function docsPage(document: OpenApiDocument): Page {
  return { html: `<!doctype html>\n${pageOf(document).markup}\n`, policy }
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

// Not in a template: who formats those moves line ends into the element, and then it has another hash.
const inline = (tag: 'style' | 'script', text: string): Markup => trusted(`<${tag}>${text}</${tag}>`)

const policy = [
  "default-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(style)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

function pageOf(document: OpenApiDocument): Markup {
  const { info } = document
  const placed = placedIn(document)
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${info.title}</title>
      <link rel="icon" href="data:," />
      ${inline('style', style)}
    </head>
    <body>
      <a class="skip" href="#content">To the operations</a>
      <header>
        <h1>${info.title} <small>${info.version}</small></h1>
        <p>${sentence(info.description)}</p>
        <div class="tools">
          <label>Find <input id="find" type="search" placeholder="orders, POST, pay …" /></label>
          <label
            >Bearer token <input id="token" type="password" autocomplete="off" placeholder="kept on this page only"
          /></label>
          <a href="api/v1/openapi.json">OpenAPI</a>
        </div>
      </header>
      <div class="columns">
        ${navigation(document, placed)}
        <main id="content" tabindex="-1">
          ${document.tags.map((tag) => tagSection(document, tag, placed))}
          ${answersOfAll(document)}${schemasOfAll(document)}
        </main>
      </div>
      ${inline('script', script)}
    </body>
  </html>`
}

function placedIn({ paths }: OpenApiDocument): Placed[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  )
}

type Tag = OpenApiDocument['tags'][number]
const tagged = ({ name }: Tag, placed: readonly Placed[]): Placed[] =>
  placed.filter(({ operation }) => operation.tags.includes(name))

function navigation({ tags }: OpenApiDocument, placed: readonly Placed[]): Markup {
  const link = (one: Placed): Markup =>
    html`<li>
      <a href="#${operationAnchor(one)}"
        ><span class="method ${one.method}">${one.method.toUpperCase()}</span> ${one.operation.summary}</a
      >
    </li>`
  return html`<nav aria-label="Operations">
    ${tags.map(
      (tag) =>
        html`<section>
          <h2><a href="#tag-${tag.name}">${tag.name}</a></h2>
          <ul>
            ${tagged(tag, placed).map(link)}
          </ul>
        </section>`,
    )}
    <section>
      <h2><a href="#answers">Answers</a></h2>
    </section>
    <section>
      <h2><a href="#schemas">Schemas</a></h2>
    </section>
  </nav>`
}

function tagSection(document: OpenApiDocument, tag: Tag, placed: readonly Placed[]): Markup {
  return html`<section class="tag">
    <h2 id="tag-${tag.name}">${tag.name}</h2>
    <p>${sentence(tag.description)}</p>
    ${tagged(tag, placed).map((one) => operationSection(document, one))}
  </section>`
}

/** Answers that operations share, each with its example. */
function answersOfAll({ components }: OpenApiDocument): Markup {
  const all = Object.entries(components.responses).map(([name, response]) => ({
    name,
    response,
    status: statusOf(response),
  }))
  const sorted = all.toSorted((a, b) => (a.status < b.status ? -1 : 1))
  return html`<section>
    <h2 id="answers">Answers</h2>
    <p>Refusals that every operation shares.</p>
    ${sorted.map(({ name, response, status }) => answerSection(status, response, responseAnchor(name)))}
  </section>`
}

function statusOf({ content }: OpenApiDocument['components']['responses'][string]): string {
  const [example] = Object.values(Object.values(content ?? {})[0]?.examples ?? {})
  const { value } = example ?? {}
  return typeof value === 'object' && value !== null && 'status' in value ? String(value.status) : ''
}

function schemasOfAll({ components }: OpenApiDocument): Markup {
  const all = Object.entries(components.schemas).map(([name, schema]) => {
    const said =
      'description' in schema && typeof schema['description'] === 'string'
        ? html`<p>${sentence(schema['description'])}</p>`
        : undefined
    const shown = propertyTable(schema) ?? html`<p>${typeWords(schema)}</p>`
    return html`<details class="schema" id="${schemaAnchor(name)}">
      <summary>${name}</summary>
      ${said}${shown}
    </details>`
  })
  return html`<section>
    <h2 id="schemas">Schemas</h2>
    ${all}
  </section>`
}
