// GET /api/v1/openapi.json and GET /docs: made at the first request, then the same bytes until the process ends.
import { createHash } from 'node:crypto'
import type { Model } from '../../define/model.ts'
import type { DoorAnswer, DoorRequest, Route } from '../http/route.ts'
import { contractPath, docsPath } from './address.ts'
import type { ContractOptions } from './openapi/index.ts'
import { readTags } from './tags.ts'

interface Kept {
  readonly body: string
  readonly type: string
  readonly headers: Readonly<Record<string, string>>
}

/** The two routes of a model's contract. What makes it is loaded when somebody asks: a start needs none of it. */
export function contractRoutes(model: Model, options: ContractOptions = {}): Route[] {
  const contract = once(async () => {
    const { openApi } = await import('./openapi/index.ts')
    return kept(JSON.stringify(openApi(model, options)), 'application/json; charset=utf-8')
  })
  const docs = once(async () => {
    const [{ openApi }, { docsPage }] = await Promise.all([
      import('./openapi/index.ts'),
      import('./docs_page/index.ts'),
    ])
    const { html, policy } = docsPage(openApi(model, options))
    const own = { 'Content-Security-Policy': policy, 'Cross-Origin-Opener-Policy': 'same-origin' }
    return kept(html, 'text/html; charset=utf-8', own)
  })
  return [
    { method: 'GET', path: contractPath, name: 'contract', handle: async (asked) => answer(asked, await contract()) },
    {
      method: 'GET',
      path: docsPath,
      name: 'docs',
      produces: ['text/html'],
      handle: async (asked) => answer(asked, await docs()),
    },
  ]
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
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
