// Accounts in a Fastify app of one's own: a plugin that mounts their routes, and a hook that guards others.
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import type { Me } from '../../define/action.ts'
import type { CallerRule } from '../../define/rule.ts'
import type { Guard } from './guard.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, behind `requires` of plinth/auth. */
    caller: Me
  }
}

export interface FastifyAuth {
  /** `await fastify.register(auth.fastify.routes)`: everything below `/api/v1/auth`. */
  readonly routes: FastifyPluginCallback
  /** An `onRequest` hook that lets in whom the rule does, and sets `request.caller`. */
  readonly requires: (rule: CallerRule) => (request: FastifyRequest, reply: FastifyReply) => Promise<void>
}

export function fastifyAuth(guard: Guard): FastifyAuth {
  const takeOver = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack()
    guard.handle(request.raw, reply.raw)
  }
  const routes: FastifyPluginCallback = (fastify, _options, done) => {
    fastify.decorateRequest('caller')
    // In a hook, before any body is parsed.
    const taken = { method: fastify.supportedMethods, onRequest: takeOver, handler: takeOver, exposeHeadRoute: false }
    for (const url of ['/api/v1/auth/*', '/.well-known/jwks.json']) fastify.route({ ...taken, url })
    for (const url of ['/dev/mailbox', '/dev/mailbox.json']) if (guard.isOurs(url)) fastify.route({ ...taken, url })
    done()
  }
  return Object.freeze({
    // What Fastify reads to let a plugin decorate the scope it is registered in.
    routes: Object.assign(routes, { [Symbol.for('skip-override')]: true }),
    requires: (rule: CallerRule) => async (request: FastifyRequest, reply: FastifyReply) => {
      const { raw, ip, originalUrl } = request
      const me = await guard.admit({ request: raw, response: reply.raw, address: ip, url: originalUrl }, rule)
      if (me === undefined) reply.hijack()
      else request.caller = me
    },
  })
}
