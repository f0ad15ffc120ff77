// Who calls: signed tokens of development, until there are accounts.
export { type Claims, signToken } from './development_token.ts'
export { createIdentify, type Identify } from './identify.ts'
