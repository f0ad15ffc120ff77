// The contract: what it is made of.
export type { OpenApiDocument } from './document.ts'
export { type ContractOptions, openApi } from './open_api.ts'
