// Finds the app of a folder: `--app`, else `plinth.app` of its package.json, else app.ts or app.js.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { App } from '../define/app.ts'
import { UsageError } from './complain.ts'

/** Loads the app. Fails with UsageError where there is none. */
export async function findApp(given: string | undefined): Promise<App> {
  const path = resolve(given ?? declared() ?? ['app.ts', 'app.js'].find((name) => existsSync(name)) ?? '')
  if (!existsSync(path) || !/\.[cm]?[jt]s$/.test(path)) {
    throw new UsageError('no app here: say --app <file>, or {"plinth":{"app":"./app.ts"}} in package.json')
  }
  const loaded: unknown = await import(pathToFileURL(path).href)
  const found = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined
  if (isApp(found)) return found
  throw new UsageError(`${path}: the default export is not an app; write: export default app('name', parts)`)
}

const isApp = (value: unknown): value is App =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'app'

function declared(): string | undefined {
  if (!existsSync('package.json')) return undefined
  const manifest: unknown = JSON.parse(readFileSync('package.json', 'utf8'))
  if (typeof manifest !== 'object' || manifest === null || !('plinth' in manifest)) return undefined
  const { plinth } = manifest
  return typeof plinth === 'object' && plinth !== null && 'app' in plinth && typeof plinth.app === 'string'
    ? plinth.app
    : undefined
}
