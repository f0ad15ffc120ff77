// The bearer tokens of the hand-written limits: HS256, one a customer, valid for a day.
import { createHmac } from 'node:crypto'
import { CUSTOMERS, customerId } from '../data.ts'
import { rowsOf } from '../fill.ts'

/** Known to all, since nothing that it guards is worth guarding. */
export const SECRET = 'bench-secret-bench-secret-bench-1'
const DAY_SECONDS = 86_400

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Tokens of all customers, the first one's first; `now` in milliseconds since 1970. */
export function limitTokens(now: number): string[] {
  const exp = Math.floor(now / 1000) + DAY_SECONDS
  return [
    ...rowsOf(CUSTOMERS, (n) => sign(`${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: customerId(n), exp })}`)),
  ]
}

const sign = (text: string): string => `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`
