// The contract: what it is made of, and the routes that answer it.
export { contractRoutes } from './contract_routes.ts'
export type { OpenApiDocument } from './document.ts'
export { type ContractOptions, openApi } from './open_api.ts'
