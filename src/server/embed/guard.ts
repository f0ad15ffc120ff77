// What guards routes of another framework: who calls, whether the rule lets them, and the answer where it does not.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isRequestId } from '../../base/trace.ts'
import { meOf } from '../../call/caller.ts'
import { accessOf } from '../../call/permit.ts'
import { refuseBeyond } from '../../call/scopes.ts'
import type { Me } from '../../define/action.ts'
import type { CallerRule } from '../../define/rule.ts'
import { headerSheet, layHeaders } from '../../doors/http/headers.ts'
import { problemAnswer, toProblem } from '../../doors/http/problem_answer.ts'
import { hasBody } from '../../doors/http/request_head.ts'
import { withHeaders } from '../../doors/rest/identified.ts'
import type { Config } from '../config.ts'
import { single } from '../custom_routes.ts'
import type { Server } from '../start.ts'

/** Who calls, as code of the other framework sees it; `id` is '' for nobody in particular. */
export interface Guard {
  /** Answers a request that `isOurs`, wholly: nobody else has read its body. */
  handle(request: IncomingMessage, response: ServerResponse): void
  isOurs(url: string): boolean
  /** Lets the request on, with its budget told; else answers it and resolves to undefined. */
  admit(asked: Asked, rule: CallerRule): Promise<Me | undefined>
}

export interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Of the client, as the other framework knows it. */
  readonly address: string
  /** As asked, however the framework has mounted it. */
  readonly url: string
}

/** Paths of ours; everything else is the other API's. */
const ours = /^\/(?:api\/v1\/auth\/|\.well-known\/jwks\.json$)/
const oursInDevelopment = /^\/dev\/mailbox/

export function createGuard(server: Server, { production, publicUrl }: Config): Guard {
  const { house } = server.house
  const sheet = headerSheet(publicUrl?.startsWith('https:') ?? production)
  return Object.freeze({
    handle: (request, response) => server.door.handle(request, response),
    isOurs: (url) => ours.test(pathOf(url)) || (!production && oursInDevelopment.test(pathOf(url))),
    admit: async ({ request, response, address, url }, rule) => {
      try {
        const { caller, headers } = await server.admit(shownBy(request, address), 1)
        refusing(headers, () => {
          accessOf({ callers: [rule], rows: [] }, caller)
          refuseBeyond(caller, isSafe(request) ? 'read' : 'write')
        })
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
        return meOf(caller)
      } catch (error) {
        const sent = request.headers['x-request-id']
        const requestId = typeof sent === 'string' && isRequestId(sent) ? sent : house.id()
        const problem = toProblem(error)
        if (problem.status >= 500) house.log.error({ error: problem.cause ?? problem, requestId }, 'a guard failed')
        const answer = problemAnswer(problem, { path: pathOf(url), requestId })
        const body = Buffer.from(String(answer.body))
        const framing = ['Content-Type', answer.type, 'Content-Length', String(body.length)]
        response.writeHead(answer.status, [...layHeaders(sheet, requestId, answer.headers), ...framing])
        response.end(body)
        return undefined
      }
    },
  } satisfies Guard)
}

/** The caller's budget is told on refusals too. */
function refusing(headers: Readonly<Record<string, string>>, check: () => void): void {
  try {
    check()
  } catch (error) {
    throw withHeaders(error, headers)
  }
}

const shownBy = (request: IncomingMessage, address: string) => ({
  method: request.method ?? '',
  headers: single(request.headers),
  contentType: hasBody(request) ? essenceOf(request.headers['content-type'] ?? '') : '',
  address,
})

const essenceOf = (type: string): string => (type.split(';', 1)[0] ?? '').trim().toLowerCase()

const isSafe = ({ method = '' }: IncomingMessage): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method)

const pathOf = (url: string): string => url.split('?', 1)[0] ?? ''
