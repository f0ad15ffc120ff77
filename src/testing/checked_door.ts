// The way from a test to the app: through the door without a socket, every answer held against the contract.
import type { App } from '../define/app.ts'
import type { Model } from '../define/model.ts'
import type { Fetch } from '../client/index.ts'
import type { Door } from '../doors/http/door.ts'
import type { InjectedAnswer } from '../doors/http/inject.ts'
import { openApi, type OpenApiDocument } from '../doors/rest/openapi/index.ts'
import { checkAnswer } from './contract_check.ts'

export interface CheckedDoor {
  readonly origin: string
  readonly fetch: Fetch
}

const origin = 'http://app.test'

/** Wraps the door of an app. A request fails with TypeError where its answer is not as the contract says. */
export function checkedDoor(door: Pick<Door, 'inject'>, model: Model): CheckedDoor {
  const document = contractOf(model)
  const own = Object.keys(model.app.options.routes ?? {})
  const fetch: Fetch = async (url, { method = 'GET', headers, body }) => {
    const path = url.slice(origin.length)
    const asked = { method, url: path, headers: Object.fromEntries(new Headers(headers)), body }
    const answer = await door.inject(asked)
    // Custom routes are the app's own business; the contract does not know them.
    if (!own.some((prefix) => path.startsWith(prefix))) refuseUndocumented(document, method, path, answer)
    // These statuses have no body, and Response refuses an empty one (RFC 9110 §15.3.5, §15.4.5).
    const isBare = answer.status === 204 || answer.status === 304
    return new Response(isBare ? null : answer.text, { status: answer.status, headers: answer.headers })
  }
  return { origin, fetch }
}

function refuseUndocumented(document: OpenApiDocument, method: string, path: string, answer: InjectedAnswer): void {
  const { status, headers, text } = answer
  if (headers['content-encoding'] !== undefined) return // the shape is the same as without, where it is checked
  const findings = checkAnswer(document, { method, path, status, headers, body: text })
  if (findings.length > 0)
    throw new TypeError(`The answer is not as the contract says:\n${findings.join('\n')}\n${text}`)
}

// The contract of an app is the same at each boot, and the checks compiled for it are kept with it.
const contracts = new WeakMap<App, OpenApiDocument>()

function contractOf(model: Model): OpenApiDocument {
  const known = contracts.get(model.app)
  if (known !== undefined) return known
  const { title, version, description } = model.app.options
  const made = openApi(model, {
    ...(title && { title }),
    ...(version && { version }),
    ...(description && { description }),
  })
  contracts.set(model.app, made)
  return made
}
