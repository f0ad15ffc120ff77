// An application without the package `pg` is told what to install.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { it } from 'node:test'

const script = `
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'pg') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(specifier, context)
    },
  })
  const { openPostgres } = await import(${JSON.stringify(import.meta.resolve('./index.ts'))})
  const opening = openPostgres({ url: 'postgres://app:hush@127.0.0.1:1/app' })
  await opening.catch((error) => process.stdout.write(error.message))
`

it('PostgreSQL without its package says in one line what to install', () => {
  const { stdout } = spawnSync(process.execPath, ['--conditions=source', '--input-type=module', '-e', script])

  assert.equal(String(stdout), 'PostgreSQL needs the package "pg": npm install pg')
})
