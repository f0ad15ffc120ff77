// The package of OpenID Connect is loaded where an app believes a service, and is missed nowhere else.
import { equal } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const script = `
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith('openid-client') || specifier.startsWith('oauth4webapi'))
        throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(specifier, context)
    },
  })
  const { app, signInWith } = await import(${JSON.stringify(import.meta.resolve('../../../index.ts'))})
  const { testApp } = await import(${JSON.stringify(import.meta.resolve('../../../testing/index.ts'))})
  const without = await testApp(app('club', {}))
  process.stdout.write((await without.anonymous.request('GET', '/health')).status + '\\n')
  await without.close()
  const signIn = { providers: [signInWith.google()], returnTo: ['/in'] }
  const environment = { SIGN_IN_GOOGLE_ID: 'id', SIGN_IN_GOOGLE_SECRET: 'secret' }
  await testApp(app('club', {}, { signIn }), { environment }).catch((error) => process.stdout.write(error.message))
`

test('an app with a service stops its start without the package, and says what to install; others start', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--conditions=source', '--input-type=module', '-e', script])

  const message = 'Sign-in with others needs the package "openid-client": npm install openid-client'
  equal(String(stdout), `200\n${message}`, String(stderr))
})
