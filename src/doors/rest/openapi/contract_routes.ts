// GET /api/v1/openapi.json and GET /docs: made at the first request, then the same bytes until the process ends.
import { createHash } from 'node:crypto'
import type { Model } from '../../../define/model.ts'
import type { DoorAnswer, DoorRequest, Route } from '../../http/route.ts'
import { docsPage } from '../docs_page/index.ts'
import { readTags } from '../tags.ts'
import { type ContractOptions, openApi } from './open_api.ts'
import { contractPath, docsPath } from './service_paths.ts'

interface Kept {
  readonly body: string
  readonly type: string
  readonly headers: Readonly<Record<string, string>>
}

/** The two routes of a model's contract. */
export function contractRoutes(model: Model, options: ContractOptions = {}): Route[] {
  const contract = once(() => kept(JSON.stringify(openApi(model, options)), 'application/json; charset=utf-8'))
  const docs = once(() => {
    const { html, policy } = docsPage(openApi(model, options))
    const own = { 'Content-Security-Policy': policy, 'Cross-Origin-Opener-Policy': 'same-origin' }
    return kept(html, 'text/html; charset=utf-8', own)
  })
  return [
    { method: 'GET', path: contractPath, name: 'contract', handle: (request) => answer(request, contract()) },
    {
      method: 'GET',
      path: docsPath,
      name: 'docs',
      produces: ['text/html'],
      handle: (request) => answer(request, docs()),
    },
  ]
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

function kept(body: string, type: string, own: Readonly<Record<string, string>> = {}): Kept {
  const tag = createHash('sha256').update(body).digest('hex').slice(0, 32)
  return { body, type, headers: { ...own, ETag: `"${tag}"`, 'Cache-Control': 'no-cache' } }
}

function answer(request: DoorRequest, { body, type, headers }: Kept): DoorAnswer {
  const held = readTags(request.headers['if-none-match'], 'If-None-Match', true)
  const isHeld = held?.some((tag) => tag === '*' || `"${tag}"` === headers['ETag']) === true
  return isHeld ? { status: 304, headers, body: undefined, type: '' } : { status: 200, headers, body, type }
}
