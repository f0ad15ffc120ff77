// Who calls: what other parts of the house may use of it.
export { type Claims, signToken } from './development_token.ts'
