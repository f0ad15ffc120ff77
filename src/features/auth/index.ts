// Who calls: signed tokens of development, until there are accounts; and what accounts will be made of.
export { type Claims, signToken } from './development_token.ts'
export { createIdentify, type Identify } from './identify.ts'
export { createSecret, readSecret, sameHash, type Secret, type SecretKind } from './token/secret.ts'
