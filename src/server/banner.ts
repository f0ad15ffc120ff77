// What a person sees when the app is up: every URL, and one line that works when it is pasted.
import { addressesOf, apiRoot } from '../doors/rest/address.ts'
import type { Credentials } from '../features/auth/index.ts'
import type { Config } from './config.ts'
import type { Server } from './start.ts'

export interface Told {
  /** Where it listens. */
  readonly url: string
  /** The administrator that was just made up: told now, and never again. */
  readonly admin: Credentials | undefined
}

/** The banner; nothing secret is in it but the password of an administrator that development made up. */
export function banner(server: Server, config: Config, { url, admin }: Told): string {
  const base = config.publicUrl ?? url
  const listed = addressesOf(server.model).filter(({ operation }) => operation.verb === 'list')
  const lists = [...new Set(listed.map(({ operation }) => operation.noun.path))]
  const open = server.model.operations.find(
    ({ verb, allow }) => verb === 'list' && allow.callers.some(({ rule }) => rule === 'anyone'),
  )
  const first = open ?? server.model.operations.find(({ verb }) => verb === 'list')
  const lines = [
    `${server.model.name} is up on ${base} (${server.house.house.engine.facts.name})`,
    '',
    ...lists.map((name) => `  ${base}${apiRoot}/${name}`),
    `  ${base}${apiRoot}/openapi.json   the contract`,
    `  ${base}/docs                  its reader`,
    `  ${base}/health · ${base}/ready`,
    '',
    ...(admin === undefined ? [] : [`  sign in as ${admin.email} with ${admin.password}    told once`, '']),
    ...(config.production ? [] : [`  ${base}/dev/mailbox           mails that were not sent`]),
    ...(config.production ? [] : ['  npx plinth token --role staff    a token for development', '']),
    ...(first === undefined
      ? []
      : [`  ${curlLine(`${base}${apiRoot}/${first.noun.path}?limit=3`, open !== undefined)}`, '']),
  ]
  return `\n${lines.join('\n')}\n`
}

const curlLine = (url: string, open: boolean): string =>
  open ? `curl '${url}'` : `curl '${url}' -H "Authorization: Bearer $(npx plinth token --role staff)"`
