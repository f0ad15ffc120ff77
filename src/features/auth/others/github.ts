// GitHub has no ID tokens: its API says who the token is of, and which address is theirs and confirmed.
import type { Claims } from '../../../define/sign_in.ts'
import type { Back } from './openid.ts'
import { type Said, saidBy } from './said.ts'

/** Where the API of an issuer is. An Enterprise Server has it below its own address. */
const apiOf = (issuer: string): string => {
  const { origin } = new URL(issuer)
  return origin === 'https://github.com' ? 'https://api.github.com' : `${origin}/api/v3`
}

/** The metadata that GitHub does not publish. */
export const githubMetadata = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/access_token`,
})

/** Who it is. Fails as `openid-client` does, or with Unreachable. */
export async function readGithub({ library, configuration, provider, journey, url }: Back): Promise<Said> {
  const { access_token: token } = await library.authorizationCodeGrant(configuration, url, {
    expectedState: journey.state,
    pkceCodeVerifier: journey.verifier,
  })
  const ask = async (path: string): Promise<unknown> => {
    const address = new URL(`${apiOf(provider.issuer)}${path}`)
    const headers = new Headers({ Accept: 'application/vnd.github+json' })
    const answer = await library.fetchProtectedResource(configuration, token, address, 'GET', null, headers)
    if (!answer.ok) throw new Error(`the API answered ${answer.status}`)
    return answer.json()
  }
  const [user, emails] = [await ask('/user'), await ask('/user/emails')]
  return saidBy(provider, provider.issuer, { sub: subjectOf(user), ...primaryOf(emails) })
}

/** The number of the account; its name may change hands. */
function subjectOf(user: unknown): string | undefined {
  const id = typeof user === 'object' && user !== null && 'id' in user ? user.id : undefined
  return typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : undefined
}

function primaryOf(emails: unknown): Claims {
  const list: readonly unknown[] = Array.isArray(emails) ? emails : []
  for (const one of list) {
    if (typeof one !== 'object' || one === null || !('primary' in one) || one.primary !== true) continue
    const [email, verified] = ['email' in one ? one.email : undefined, 'verified' in one ? one.verified : undefined]
    return { email, email_verified: verified === true }
  }
  return {}
}
