// Signs a person in by the operations of the API themselves: their limits, factors, letters and records hold here too.
import { readJson } from '../../base/json.ts'
import { Problem } from '../../base/pure/problem.ts'
import { plainAsk } from '../../call/ask.ts'
import { anonymous } from '../../call/caller.ts'
import { authOf } from '../../features/auth/index.ts'
import type { DoorRequest } from '../http/route.ts'
import type { OauthMeans } from './means.ts'

/** Who signed in, in which session; or what is still wanted. */
export type SignedIn =
  | {
      readonly account: string
      readonly session: string
      readonly provedMs: number
      readonly methods: readonly string[]
    }
  | { readonly mfaToken: string; readonly methods: readonly string[] }

/** The address and the password. Fails as POST /auth/login does. */
export const bySecret = (means: OauthMeans, request: DoorRequest, email: string, password: string): Promise<SignedIn> =>
  ask(means, request, 'auth.login', { email, password })

/** The second factor: six digits are a code of the app, else it is a recovery code. Fails as /auth/mfa/login does. */
export function byFactor(means: OauthMeans, request: DoorRequest, mfaToken: string, code: string): Promise<SignedIn> {
  const plain = code.replaceAll(' ', '')
  const proof = /^\d{6}$/.test(plain) ? { totp: plain } : { recovery: code.trim() }
  return ask(means, request, 'auth.mfa.login', { mfaToken, ...proof })
}

/** A passkey, alone or as the second factor. Fails as /auth/passkeys/login and /auth/mfa/login do. */
export function byPasskey(
  means: OauthMeans,
  request: DoorRequest,
  mfaToken: string | undefined,
  sent: string,
): Promise<SignedIn> {
  const passkey = readJson(Buffer.from(sent), passkeyShape) // judged by the operation
  return mfaToken === undefined
    ? ask(means, request, 'auth.passkeys.login', { passkey })
    : ask(means, request, 'auth.mfa.login', { mfaToken, passkey })
}

/** What a browser answers is flat (WebAuthn Level 3 §5.1.8). */
const passkeyShape = Object.freeze({ depth: 6, keysPerObject: 40, nodes: 200 })

/** What a passkey must sign. Fails as the operations do that answer it. */
export async function passkeyOptions(
  means: OauthMeans,
  request: DoorRequest,
  mfaToken: string | undefined,
): Promise<unknown> {
  const answered =
    mfaToken === undefined
      ? await called(means, request, 'auth.passkeys.login.options', {})
      : await called(means, request, 'auth.mfa.options', { mfaToken })
  return (answered as { readonly publicKey: unknown }).publicKey // the operations' own output
}

const ask = async (means: OauthMeans, request: DoorRequest, id: string, body: object): Promise<SignedIn> =>
  readTokens(means.house, (await called(means, request, id, body)) as Tokens) // the operation's own output

async function called({ house, call }: OauthMeans, request: DoorRequest, id: string, body: object): Promise<unknown> {
  const operation = house.model.operations.find((one) => one.id === id)
  if (operation === undefined) throw new TypeError(`the OAuth door needs the operation ${id}`)
  const { requestId, address, headers, signal } = request
  const asked = plainAsk({ operation, body, signal, origin: { requestId, address, headers } })
  const answer = await call(operation, asked, anonymous(address))
  if (answer.shape !== 'value') throw new TypeError(`${id} answers a value`)
  return answer.value
}

type Tokens = { readonly accessToken: string } | { readonly mfaToken: string; readonly methods: readonly string[] }

/** The tokens go no further: what is taken of them is which session they are of. */
async function readTokens(house: OauthMeans['house'], tokens: Tokens): Promise<SignedIn> {
  if ('mfaToken' in tokens) return tokens
  const read = await authOf(house).keys.verify(tokens.accessToken)
  if (typeof read === 'string') throw new Problem('unavailable', 'Try once more.')
  return { account: read.subject, session: read.session, provedMs: read.authenticatedMs, methods: read.methods }
}
