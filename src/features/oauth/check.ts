// Looks at what an app says of its applications: what is half said stops the start, in one line.
import type { House } from '../../call/house.ts'
import type { Model } from '../../define/model.ts'
import type { DeclaredClient } from '../../define/provider.ts'
import { faultOf, hasSecret } from './client_rules.ts'
import { draftOf } from './clients.ts'
import { loadOauthLibrary } from './library.ts'
import { issuerOf } from './paths.ts'
import { scopeWords, strangeWords } from './scope_words.ts'

/** Judges the declaration. Fails with TypeError. */
export function checkProvider(model: Model): void {
  const { provider } = model.app.options
  if (provider === undefined) return
  const [word] = strangeWords(model)
  if (word !== undefined) throw new TypeError(`provider: words for "${word}", which is no scope of this app`)
  const known = new Set(scopeWords(model).keys())
  const closed = provider.registration?.scopes?.find((scope) => !known.has(scope))
  if (closed !== undefined) throw new TypeError(`provider: registration: there is no scope "${closed}"`)
  const ids = new Set<string>()
  for (const client of provider.clients ?? []) {
    const { id } = client
    const fault = idFault(id) ?? secretFault(client) ?? nameFault(client) ?? clientFault(client, known)
    if (fault !== undefined) throw new TypeError(`provider: client "${id}": ${fault}`)
    if (ids.has(id)) throw new TypeError(`provider: two clients are named "${id}"`)
    ids.add(id)
  }
}

const idFault = (id: string): string | undefined =>
  /^[a-z][a-z0-9-]{0,39}$/.test(id) ? undefined : 'an id is lower case letters, digits and -'

const nameFault = ({ name }: DeclaredClient): string | undefined =>
  name.length > 0 && name.length <= 80 ? undefined : 'a name has 1 to 80 characters'

function secretFault({ kind, secretFrom }: DeclaredClient): string | undefined {
  if (hasSecret(kind) && secretFrom === undefined) return `a ${kind} needs secretFrom, a variable that holds its secret`
  return hasSecret(kind) || secretFrom === undefined ? undefined : `a ${kind} can keep no secret; leave secretFrom out`
}

function clientFault(client: DeclaredClient, known: ReadonlySet<string>): string | undefined {
  const fault = faultOf(draftOf(client), known)
  return fault && `${fault.pointer.slice(1)}: ${fault.message}`
}

/** Makes ready before the first request: the package and the address. Fails with TypeError. */
export async function prepareProvider(house: House): Promise<void> {
  const { provider } = house.model.app.options
  if (provider === undefined) return
  await loadOauthLibrary()
  const issuer = new URL(issuerOf(house))
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(issuer.hostname)
  if (issuer.protocol !== 'https:' && !isHere)
    throw new TypeError('provider: PUBLIC_URL must be https; browsers keep its cookies nowhere else')
  if (house.services.isDevelopment !== true && issuer.protocol !== 'https:')
    throw new TypeError('provider: PUBLIC_URL is needed in production, an https address')
  if (issuer.search !== '' || issuer.hash !== '') throw new TypeError('provider: PUBLIC_URL must have no ? and no #')
}
