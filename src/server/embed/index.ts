// Accounts, sessions, roles, keys and limits for an API that exists already, beside its own routes.
export { anyone, role, signedIn } from '../../define/index.ts'
export { type Auth, type AuthOptions, openAuth } from './open_auth.ts'
export { type ExpressAuth } from './express_auth.ts'
export { type FastifyAuth } from './fastify_auth.ts'
