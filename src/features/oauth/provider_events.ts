// What the library says of its work goes into our log: never with a code, a token or what a client sent.
import type { EventEmitter } from 'node:events'
import type { errors, KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { House } from '../../call/house.ts'
import { deedOf } from './deed.ts'

/** Refusals, by the events that tell them. */
const refusals = [
  'authorization.error',
  'grant.error',
  'introspection.error',
  'revocation.error',
  'userinfo.error',
  'end_session.error',
  'end_session_confirm.error',
  'pushed_authorization_request.error',
] as const

/** Hears the failures of a provider, and why it refused. */
export function listen({ log }: House, provider: Provider): void {
  const events: EventEmitter = provider // its own type knows each event by itself, and no list of them
  const requestIdOf = (ctx: KoaContextWithOIDC): string => deedOf('', ctx.req).origin.requestId
  events.on('server_error', (ctx: KoaContextWithOIDC, error: Error) => {
    log.error({ requestId: requestIdOf(ctx), error }, 'the OAuth server failed')
  })
  // Without a listener the framework below prints to the terminal.
  events.on('error', (error: Error) => {
    log.error({ error }, 'the OAuth server failed')
  })
  const refused = (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError): void => {
    const { message, error_detail: detail } = error
    log.info({ requestId: requestIdOf(ctx), client: ctx.oidc.client?.clientId, why: message, detail }, 'OAuth refused')
  }
  for (const event of refusals) events.on(event, refused)
}
