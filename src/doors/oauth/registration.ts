// POST /oauth/register: applications that register themselves; below it what one may see and end of itself.
import { oauthLimits } from '../../base/identity_limits.ts'
import { noOne } from '../../call/caller.ts'
import type { Deed } from '../../call/deed.ts'
import { createThrottle } from '../../features/limits/index.ts'
import {
  endRegistered,
  oauthPaths,
  registerByToken,
  type Registered,
  seeRegistered,
} from '../../features/oauth/index.ts'
import type { DoorAnswer, DoorRequest, Route } from '../http/route.ts'
import type { OauthMeans } from './means.ts'

/** The routes, for an app whose provider has `registration`. */
export function registrationRoutes({ house, count }: OauthMeans): Route[] {
  const perNetwork = createThrottle({
    perMinute: undefined,
    anonymousPerMinute: oauthLimits.registrationsPerMinute,
    clock: house.clock,
  })
  const path = oauthPaths.registration
  const counted = (answer: (request: DoorRequest) => Promise<DoorAnswer>) => async (request: DoorRequest) => {
    const headers = count(request.address)
    perNetwork.take(`address ${request.address}`, false, 1)
    const said = await answer(request)
    return { ...said, headers: { ...headers, ...said.headers } }
  }
  const idOf = ({ params }: DoorRequest): string => params['id'] ?? ''
  return [
    {
      method: 'POST',
      path,
      name: `oauth ${path}`,
      consumes: ['application/json'],
      bodyBytes: oauthLimits.bodyBytes,
      handle: counted(async (request) => {
        const said = await registerByToken(house, deedOf('register', request), tokenOf(request), request.body)
        if (said === undefined) return unknown()
        return answer('error' in said ? 400 : 201, said)
      }),
    },
    {
      method: 'GET',
      path: `${path}/:id`,
      name: `oauth ${path}/read`,
      handle: counted(async (request) => {
        const said = await seeRegistered(house, idOf(request), tokenOf(request))
        return said === undefined ? unknown() : answer(200, said)
      }),
    },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      name: `oauth ${path}/delete`,
      handle: counted(async (request) => {
        const isEnded = await endRegistered(house, deedOf('unregister', request), idOf(request), tokenOf(request))
        return isEnded ? { status: 204, headers: noStore, body: undefined, type: '' } : unknown()
      }),
    },
  ]
}

const deedOf = (step: string, { requestId, address, headers }: DoorRequest): Deed => ({
  operation: `oauth.${step}`,
  caller: noOne,
  origin: { requestId, address, headers },
})

/** The bearer token; '' for none, which is never good. */
const tokenOf = ({ headers }: DoorRequest): string =>
  /^Bearer (\w{1,100})$/i.exec(headers['authorization'] ?? '')?.[1] ?? ''

const noStore = Object.freeze({ 'Cache-Control': 'no-store' })

const answer = (
  status: number,
  said: Registered | object,
  more: Readonly<Record<string, string>> = {},
): DoorAnswer => ({
  status,
  headers: { ...noStore, ...more },
  body: JSON.stringify(said),
  type: 'application/json; charset=utf-8',
})

/** The same for no token, one that has ended, one that is used up, and that of another (RFC 6750 §3.1). */
const unknown = (): DoorAnswer =>
  answer(
    401,
    { error: 'invalid_token', error_description: 'The token is not good here.' },
    { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  )
