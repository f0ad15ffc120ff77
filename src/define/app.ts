// The app: its nouns gathered under one name, with the few settings that belong to the whole.
import type { FastifyPluginAsync } from 'fastify'
import type { ProviderOptions } from './provider.ts'
import type { AnyResource } from './resource.ts'
import { checkSignIn, type SignIn } from './sign_in.ts'

export interface AppOptions {
  /** Title and version of the contract. */
  readonly title?: string
  readonly version?: string
  readonly description?: string
  /** The resource whose row is a signed-in caller's own profile (same id), and how the first one is made. */
  readonly profile?: { readonly of: AnyResource; readonly make: (id: string) => Readonly<Record<string, unknown>> }
  /** Custom routes, an escape hatch: a plain Fastify plugin that may open calls with `request.plinth()`. */
  readonly routes?: { readonly [prefix: string]: FastifyPluginAsync }
  /** Jobs of a queue that one process runs at once; 10 for queues that are not named. */
  readonly queues?: { readonly [name: string]: number }
  /** Origins that browsers may call from; none by default. */
  readonly origins?: readonly string[]
  /** Sign-in with other services; none by default. */
  readonly signIn?: SignIn
  /** Makes the app an OAuth 2.0 and OpenID Connect server, by the package `oidc-provider`. */
  readonly provider?: ProviderOptions
}

export interface App<P = unknown> {
  readonly type: 'app'
  readonly name: string
  readonly parts: P
  readonly options: AppOptions
}

/** Gathers the parts: `app('shop', shop)` with `import * as shop from './shop.ts'`, or `{ ...orders, ...products }`. */
export function app<P extends object>(name: string, parts: P, options: AppOptions = {}): App<P> {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name))
    throw new TypeError(`app "${name}": a name is lower case letters, digits and -`)
  if (options.signIn !== undefined) checkSignIn(options.signIn)
  return Object.freeze({ type: 'app', name, parts, options })
}
