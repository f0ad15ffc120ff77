// Who calls: signed tokens of development, until there are accounts; and what accounts will be made of.
export { type Claims, signToken } from './development_token.ts'
export { createIdentify, type Identify } from './identify.ts'
export { type AccessToken, type Grant, type Party, type Refusal, signAccessToken } from './token/access_token.ts'
export { jwksOf, keysetAt, type Keyset, plannedKeys, withoutKey } from './token/keyset.ts'
export { createSecret, readSecret, sameHash, type Secret, type SecretKind } from './token/secret.ts'
export { type KeyRecord, openKey, sealKey, type SigningKey } from './token/signing_key.ts'
export { createVerifier, type Verify } from './token/verifier.ts'
