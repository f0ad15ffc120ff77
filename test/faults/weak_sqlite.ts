// Loaded before a server: a SQLite that ignores one setting, or is older than it is, as `WEAK=name=value` says.
import { DatabaseSync } from 'node:sqlite'

const [name = '', value = ''] = (process.env['WEAK'] ?? '').split('=')

if (name === 'version') {
  Object.defineProperty(process, 'versions', { value: { ...process.versions, sqlite: value } })
} else if (name !== '') {
  // Called below as the method it is.
  const exec: (this: DatabaseSync, sql: string) => void = Object.getOwnPropertyDescriptor(
    DatabaseSync.prototype,
    'exec',
  )?.value
  DatabaseSync.prototype.exec = function weakened(this: DatabaseSync, sql: string): void {
    exec.call(this, sql.replace(new RegExp(`pragma ${name} = \\w+;`), `pragma ${name} = ${value};`))
  }
}
