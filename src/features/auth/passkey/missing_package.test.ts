// An application without the package that verifies passkeys is told what to install.
import { equal } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const script = `
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith('@simplewebauthn/'))
        throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(specifier, context)
    },
  })
  const auth = await import(${JSON.stringify(import.meta.resolve('../index.ts'))})
  process.stdout.write(typeof auth.createPasskeys + '\\n')
  const { loadPasskeyLibrary } = await import(${JSON.stringify(import.meta.resolve('./library.ts'))})
  await loadPasskeyLibrary().catch((error) => process.stdout.write(error.message))
`

test('passkeys without their package say in one line what to install, and nothing else misses it', () => {
  const { stdout } = spawnSync(process.execPath, ['--conditions=source', '--input-type=module', '-e', script])

  const message = 'Passkeys need the package "@simplewebauthn/server": npm install @simplewebauthn/server'
  equal(String(stdout), `function\n${message}`)
})
