// An app that is a provider without the package is told what to install; one that is none does not miss it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const script = `
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'oidc-provider')
        throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(specifier, context)
    },
  })
  const { oauth } = await import(${JSON.stringify(import.meta.resolve('./feature.ts'))})
  process.stdout.write(oauth.name + '\\n')
  const { loadOauthLibrary } = await import(${JSON.stringify(import.meta.resolve('./library.ts'))})
  await loadOauthLibrary().catch((error) => process.stdout.write(error.message))
`

test('a provider without its package says in one line what to install, and nothing else misses it', () => {
  const { stdout } = spawnSync(process.execPath, ['--conditions=source', '--input-type=module', '-e', script])

  const message = 'The option "provider" needs the package "oidc-provider": npm install oidc-provider'
  assert.equal(String(stdout), `oauth\n${message}`)
})
