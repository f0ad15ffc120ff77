// What an application may be registered as: judged once, whether the app declares it or an administrator registers it.
import type { ClientKind, IdTokenAlgorithm } from '../../define/provider.ts'
import { identityScopes } from './scope_words.ts'

/** An application before it is one. */
export interface ClientDraft {
  readonly name: string
  readonly kind: ClientKind
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  readonly scopes: readonly string[]
  readonly idTokenAlgorithm: IdTokenAlgorithm
  readonly roles: readonly string[]
  readonly firstParty: boolean
  readonly introspects: boolean
}

/** What is wrong with it, at which member. */
export interface ClientFault {
  readonly pointer: string
  readonly message: string
}

/** Does it keep a secret? */
export const hasSecret = (kind: ClientKind): boolean => kind === 'server' || kind === 'machine'

const mostUris = 20
const uriChars = 1_000

/** The first fault of an application; undefined for none. `known` is every scope there is. */
export function faultOf(client: ClientDraft, known: ReadonlySet<string>): ClientFault | undefined {
  return kindFault(client) ?? uriFaults(client) ?? scopeFault(client, known) ?? roleFault(client)
}

function kindFault({ kind, redirectUris, roles, firstParty, introspects }: ClientDraft): ClientFault | undefined {
  const isMachine = kind === 'machine'
  if (isMachine && redirectUris.length > 0) return at('/redirectUris', 'A machine sends nobody back.')
  if (isMachine && firstParty) return at('/firstParty', 'A machine asks nobody.')
  if (!isMachine && redirectUris.length === 0) return at('/redirectUris', 'Name an address to send people back to.')
  if (!isMachine && roles.length > 0)
    return at('/roles', 'Only a machine has roles; others act with those of a person.')
  if (introspects && !hasSecret(kind)) return at('/introspects', 'Only who keeps a secret may ask about tokens.')
  return undefined
}

function uriFaults({ kind, redirectUris, postLogoutRedirectUris }: ClientDraft): ClientFault | undefined {
  for (const [member, uris] of Object.entries({ redirectUris, postLogoutRedirectUris })) {
    if (uris.length > mostUris) return at(`/${member}`, `At most ${mostUris}.`)
    for (const [index, uri] of uris.entries()) {
      const message = redirectFault(uri, kind)
      if (message !== undefined) return at(`/${member}/${index}`, message)
    }
  }
  return undefined
}

/**
 * Why nobody may be sent to this address; undefined where that is fine. It is compared sign by sign later (RFC 9700
 * §4.1.3), so it must be written in the one way that browsers read it: what two readers take for two hosts is refused.
 */
export function redirectFault(uri: unknown, kind: ClientKind): string | undefined {
  if (typeof uri !== 'string' || uri.length > uriChars) return `Must be a text of at most ${uriChars} signs.`
  if (!/^[!-~]+$/.test(uri) || /[\\*#]/.test(uri)) return 'Must have no blank, \\, * or # in it, and be ASCII.'
  const url = URL.parse(uri)
  if (url === null) return 'Must be an absolute address.'
  if (url.href !== uri) return `Must be written as ${url.href}`
  if (url.username !== '' || url.password !== '') return 'Must name no user.'
  if (url.protocol === 'https:') return undefined
  if (url.protocol === 'http:') return loopbackFault(url, kind)
  // RFC 8252 §7.1: the name of a domain one owns, turned round, so that no other program takes it by chance.
  if (kind === 'native' && /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/.test(url.protocol)) return undefined
  return 'Must be https; a native application may use a scheme such as com.example.app.'
}

function loopbackFault({ hostname }: URL, kind: ClientKind): string | undefined {
  if (hostname === '127.0.0.1' || hostname === '[::1]') return undefined
  if (hostname !== 'localhost') return 'Must be https; http is for this very machine.'
  // RFC 8252 §8.3: the name may lead elsewhere than the address.
  return kind === 'native' ? 'Must name 127.0.0.1 or [::1] instead of localhost.' : undefined
}

function scopeFault({ kind, scopes }: ClientDraft, known: ReadonlySet<string>): ClientFault | undefined {
  // Without any the library would let a person's application ask for all there are.
  if (kind !== 'machine' && scopes.length === 0) return at('/scopes', 'Name at least one, such as openid.')
  const odd = scopes.find((scope) => !known.has(scope))
  if (odd !== undefined) return at('/scopes', `There is no scope "${odd}".`)
  const person = kind === 'machine' ? scopes.find((scope) => identityScopes.includes(scope)) : undefined
  return person === undefined ? undefined : at('/scopes', `"${person}" is about a person; a machine is none.`)
}

const roleFault = ({ roles }: ClientDraft): ClientFault | undefined =>
  roles.every((role) => /^[a-z][a-z0-9_-]{0,40}$/.test(role))
    ? undefined
    : at('/roles', 'A role is lower case letters, digits, _ and -.')

const at = (pointer: string, message: string): ClientFault => ({ pointer, message })
