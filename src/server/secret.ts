// The root secret: given in production; made once and kept beside the data in development.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createKeyring, type Keyring } from '../base/seal.ts'
import { systemRandom } from '../base/random.ts'
import type { Config } from './config.ts'

/** Where development keeps its secret, so that tokens and cursors outlive a restart. */
const file = join('.plinth', 'development.secret')

/** The keys of this installation. Fails with RangeError for a secret that is too short. */
export function keyringOf(config: Config): Keyring {
  return createKeyring(config.secret ?? developmentSecret(), config.previousSecrets)
}

function developmentSecret(): string {
  const kept = readIfThere(file)
  if (kept !== undefined && kept.length >= 32) return kept
  mkdirSync(dirname(file), { recursive: true })
  const made = Buffer.from(systemRandom.bytes(32)).toString('hex')
  try {
    writeFileSync(file, made, { mode: 0o600, flag: 'wx' })
    return made
  } catch (error) {
    // Another process made it between our look and our write: theirs counts.
    const theirs = readIfThere(file)
    if (theirs === undefined) throw error
    return theirs
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
