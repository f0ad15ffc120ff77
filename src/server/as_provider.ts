// The app as an OAuth server: what serves the protocol is loaded where an app says that it is one.
import type { App } from '../define/app.ts'
import type { providerRoutes } from '../doors/oauth/index.ts'
import type { createTokenCallers } from '../features/oauth/index.ts'

export interface AsProvider {
  readonly providerRoutes: typeof providerRoutes
  readonly createTokenCallers: typeof createTokenCallers
}

/** Its routes, and who calls by its tokens; undefined where the app is no provider. */
export async function asProvider({ options }: App): Promise<AsProvider | undefined> {
  if (options.provider === undefined) return undefined
  const [door, feature] = await Promise.all([import('../doors/oauth/index.ts'), import('../features/oauth/index.ts')])
  return { providerRoutes: door.providerRoutes, createTokenCallers: feature.createTokenCallers }
}
