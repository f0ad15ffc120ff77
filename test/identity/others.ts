// An app that believes another service, and people who come by it, as tests of identity need them.
import { test, type TestContext } from 'node:test'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { app, type Provider, signInWith } from 'plinth'
import { type Answered, testApp, type TestOptions } from 'plinth/testing'
import { accounts, arrivals } from '../../src/features/accounts/index.ts'
import { entries } from '../../src/features/audit/nouns.ts'
import { whyNoPostgres } from '../postgres.ts'
import { appUrl, type Browser, openBrowser, pkce, type Stop } from './browser.ts'
import { client, type Issuer, openIssuer } from './issuer.ts'
import { as, ask, type Club, club } from './people.ts'

export const place = '/signed-in'
export const { verifier, challenge } = pkce()

export interface Scene {
  readonly run: Club
  readonly issuer: Issuer
}

export interface SceneOptions extends TestOptions {
  readonly providers?: (issuer: Issuer) => readonly Provider[]
  readonly returnTo?: readonly string[]
}

const acme = ({ url }: Issuer): readonly Provider[] => [
  signInWith.issuer('acme', url),
  signInWith.issuer('other', url),
  signInWith.github({ at: url }),
]

const names = ['acme', 'other', 'github', 'apple']
const places = [place, 'com.example.club:/in']

/** A provider that the app may be sent back from. */
export const openOther = (): Promise<Issuer> =>
  openIssuer(names.map((name) => `${appUrl}/api/v1/auth/oauth/${name}/callback`))

/** The app that believes it. */
export const believing = (issuer: Issuer, providers = acme, returnTo: readonly string[] = places) =>
  app('club', club.parts, {
    ...club.options,
    signIn: { providers: providers(issuer), returnTo },
    routes: { '/bend': bending },
  })

async function unconfirm(request: FastifyRequest): Promise<object> {
  const call = await request.plinth()
  return call.transaction(async (tx) => {
    for (const { id } of await tx.find(accounts, {}))
      if (id === call.me.id) await tx.update(accounts, id, { verifiedAt: null })
    return {}
  })
}

/** Loses the states that were used. */
async function forget(request: FastifyRequest): Promise<object> {
  const call = await request.plinth()
  return call.transaction(async (tx) => {
    for (const { id } of await tx.find(arrivals, {})) await tx.delete(arrivals, id)
    return {}
  })
}

/** Everything that is kept of ways. */
async function dump(request: FastifyRequest): Promise<unknown> {
  const call = await request.plinth()
  return call.transaction((tx) => tx.find(arrivals, {}))
}

/** What the audit has of identities. */
async function audited(request: FastifyRequest): Promise<unknown> {
  const call = await request.plinth()
  return call.transaction((tx) => tx.find(entries, { noun: 'plinth_identities' }, { limit: 100 }))
}

/** What no door does: an account that is signed in and not confirmed, a state that is forgotten, a look at tables. */
const bending: FastifyPluginAsync = async (scope) => {
  scope.route({ method: 'POST', url: '/unconfirm', handler: unconfirm })
  scope.route({ method: 'POST', url: '/forget', handler: forget })
  scope.route({ method: 'GET', url: '/dump', handler: dump })
  scope.route({ method: 'GET', url: '/audit', handler: audited })
}

/** Who the app is to it. */
export const environment: Readonly<Record<string, string>> = Object.fromEntries(
  names.flatMap((name) => [
    [`SIGN_IN_${name.toUpperCase()}_ID`, client.id],
    [`SIGN_IN_${name.toUpperCase()}_SECRET`, client.secret],
  ]),
)

/** Runs a test with a provider and an app that believes it. */
export async function withOthers(options: SceneOptions, use: (scene: Scene) => Promise<void>): Promise<void> {
  const { providers, returnTo, ...rest } = options
  await using issuer = await openOther()
  await using run = await testApp(believing(issuer, providers, returnTo), { environment, ...rest })
  await use({ run, issuer })
}

/** Declares a test on each engine; where one is missing it is skipped, and says so. */
export function onBothWithOthers(title: string, use: (scene: Scene, t: TestContext) => Promise<void>): void {
  for (const engine of ['sqlite', 'postgres'] as const)
    void test(`${title}, ${engine}`, async (t) => {
      const missing = engine === 'postgres' ? await whyNoPostgres() : undefined
      if (missing !== undefined) {
        t.skip(missing.skip)
        return
      }
      await withOthers({ engine }, (scene) => use(scene, t))
    })
}

/** Declares a test of what no engine has a part in. */
export const onSqliteWithOthers = (title: string, use: (scene: Scene) => Promise<void>): void =>
  void test(title, () => withOthers({ engine: 'sqlite' }, use))

export const startOf = (provider = 'acme', more = ''): string =>
  `${appUrl}/api/v1/auth/oauth/${provider}/start?challenge=${challenge}${more}`

export interface Walk {
  readonly provider?: string
  readonly browser?: Browser
}

/** Is this where the service sends the browser. */
export const isCallback = (url: URL): boolean => url.origin === appUrl && url.pathname.endsWith('/callback')

/** Walks to the service and back. */
export const walk = ({ run }: Scene, subject: string, { provider, browser = openBrowser(run) }: Walk = {}) =>
  browser.open(startOf(provider), { subject })

/** Turns what a walk ended with into tokens. */
export const exchange = (run: Club, { said }: Stop, more: object = {}): Promise<Answered> =>
  ask(run, 'oauth/exchange', { code: said.get('code') ?? '', verifier, ...more })

/** The same walk and exchange. */
export const arrive = async (scene: Scene, subject: string, more: object = {}): Promise<Answered> =>
  exchange(scene.run, await walk(scene, subject), more)

/** Links what a walk ended with. */
export const link = (run: Club, token: string, { said }: Stop, more: object = {}): Promise<Answered> =>
  as(run, token, 'POST', 'auth/identities/link', { code: said.get('code') ?? '', verifier, ...more })
