// Lints a contract with Spectral: its own OpenAPI rules, and OWASP's API Security Top 10.
import spectral from '@stoplight/spectral-core'
import parsers from '@stoplight/spectral-parsers'
import owasp from '@stoplight/spectral-owasp-ruleset'
import rulesets from '@stoplight/spectral-rulesets'
import type { Finding } from './finding.ts'

/** Addresses of the process itself: asked by balancers and supervisors, which have neither a token nor a budget. */
const service = ['/health', '/ready', '/docs', '/api/v1/openapi.json']

/** Sign-in with other services; a pointer writes braces so. */
const browsed = '/api/v1/auth/oauth/%7Bprovider%7D'

/** What a browser or anybody asks of an OAuth server. */
const pages = [
  '/oauth/authorize',
  '/oauth/end-session',
  '/.well-known/jwks.json',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
]

const source = 'openapi.json'
const severities = ['error', 'warning', 'note', 'note'] as const

const ruleset = new spectral.Ruleset(
  {
    extends: [
      [rulesets.oas, 'recommended'],
      [owasp, 'all'],
    ],
    overrides: [
      {
        // They are asked of nobody in particular and counted against nobody, so none of them answers 401 or 429.
        files: service.map((path) => `${source}#/paths/${path.replaceAll('/', '~1')}`),
        rules: {
          'owasp:api8:2023-define-error-responses-401': 'off',
          'owasp:api4:2023-rate-limit-responses-429': 'off',
        },
      },
      {
        // A browser walks there with no token: it is not asked for one, and counted all the same.
        files: ['start', 'callback'].map((end) => `${source}#/paths/${browsed.replaceAll('/', '~1')}~1${end}`),
        rules: { 'owasp:api8:2023-define-error-responses-401': 'off' },
      },
      {
        // The hint of OpenID Connect RP-Initiated Logout §2: an ID token, which opens nothing here.
        files: [`${source}#/paths/~1oauth~1end-session`],
        rules: { 'owasp:api2:2023-no-credentials-in-url': 'off' },
      },
      {
        // RFC 6749 §4.4.3: a machine gets no refresh token; it asks anew each ten minutes.
        files: [`${source}#/components/securitySchemes/oauth2/flows/clientCredentials`],
        rules: { 'owasp:api2:2023-short-lived-access-tokens': 'off' },
      },
      {
        // So it is with the pages and public documents of the OAuth server.
        files: pages.map((path) => `${source}#/paths/${path.replaceAll('/', '~1')}`),
        rules: { 'owasp:api8:2023-define-error-responses-401': 'off' },
      },
      {
        // The rule takes any member named `headers` for those of an answer; these are the shelf of headers itself, and
        // a member of the batch's body.
        files: ['components/headers', 'components/schemas/BatchAnswer', 'paths/~1api~1v1~1batch'].map(
          (at) => `${source}#/${at}`,
        ),
        rules: { 'owasp:api8:2023-define-cors-origin': 'off' },
      },
    ],
  },
  { source },
)

/** What both sets of rules find. */
export async function spectralFindings(contract: object): Promise<Finding[]> {
  const linter = new spectral.Spectral()
  linter.setRuleset(ruleset)
  const found = await linter.run(new spectral.Document(JSON.stringify(contract), parsers.Json, source))
  return found.map(({ code, severity, path, message }) => ({
    rule: String(code),
    severity: severities[severity] ?? 'note',
    where: path.join(' / '),
    message,
  }))
}
