// The door for other applications: OAuth 2.0 and OpenID Connect.
export { providerRoutes } from './routes.ts'
export type { OauthMeans } from './means.ts'
