// How a password becomes a tag: argon2id, and two others where a rule book asks for them; all run off the main thread.
import { argon2, createHmac, pbkdf2, scrypt } from 'node:crypto'

/** What goes into one derivation. */
export interface Ingredients {
  readonly password: Buffer
  readonly salt: Buffer
  readonly costs: Readonly<Record<string, number>>
  readonly tagBytes: number
  /** A secret that is not in the database; undefined for none. */
  readonly pepper: Uint8Array | undefined
}

/** One scheme. `bounds` are what a stored hash may cost: a bent row must not order four gigabytes. */
export interface Scheme {
  readonly version: number | undefined
  readonly bounds: Readonly<Record<string, readonly [number, number]>>
  readonly derive: (ingredients: Ingredients) => Promise<Buffer>
}

const argon2id: Scheme = {
  version: 19,
  bounds: { m: [8, 1_048_576], t: [1, 16], p: [1, 16] },
  derive: ({ password, salt, costs, tagBytes, pepper }) =>
    new Promise((resolve, reject) => {
      const parameters = {
        message: password,
        nonce: salt,
        memory: costs['m'] ?? 0,
        passes: costs['t'] ?? 0,
        parallelism: costs['p'] ?? 0,
        tagLength: tagBytes,
        ...(pepper && { secret: pepper }),
      }
      argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag)))
    }),
}

const scryptScheme: Scheme = {
  version: undefined,
  bounds: { ln: [10, 20], r: [1, 32], p: [1, 16] },
  derive: ({ password, salt, costs, tagBytes, pepper }) =>
    new Promise((resolve, reject) => {
      const { ln = 0, r = 0, p = 0 } = costs
      const options = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r }
      scrypt(peppered(password, pepper), salt, tagBytes, options, (error, tag) =>
        error ? reject(error) : resolve(tag),
      )
    }),
}

const pbkdf2Scheme: Scheme = {
  version: undefined,
  bounds: { i: [1_000, 10_000_000] },
  derive: ({ password, salt, costs, tagBytes, pepper }) =>
    new Promise((resolve, reject) => {
      const rounds = costs['i'] ?? 0
      pbkdf2(peppered(password, pepper), salt, rounds, tagBytes, 'sha256', (error, tag) =>
        error ? reject(error) : resolve(tag),
      )
    }),
}

// These two have no input for a secret, so it keys a code of the password, which is hashed then.
const peppered = (password: Buffer, pepper: Uint8Array | undefined): Buffer =>
  pepper === undefined ? password : createHmac('sha256', pepper).update(password).digest()

/** By the name that stands in a stored hash. */
export const schemes: ReadonlyMap<string, Scheme> = new Map([
  ['argon2id', Object.freeze(argon2id)],
  ['scrypt', Object.freeze(scryptScheme)],
  ['pbkdf2-sha256', Object.freeze(pbkdf2Scheme)],
])

/** What new hashes cost. */
export interface Preset {
  readonly scheme: string
  readonly costs: Readonly<Record<string, number>>
}

/** `standard` is the least that OWASP asks for; `fips` is for those who may use nothing younger. */
export const presets = Object.freeze({
  standard: Object.freeze({ scheme: 'argon2id', costs: Object.freeze({ m: 19_456, t: 2, p: 1 }) }),
  strong: Object.freeze({ scheme: 'argon2id', costs: Object.freeze({ m: 65_536, t: 3, p: 1 }) }),
  scrypt: Object.freeze({ scheme: 'scrypt', costs: Object.freeze({ ln: 17, r: 8, p: 1 }) }),
  fips: Object.freeze({ scheme: 'pbkdf2-sha256', costs: Object.freeze({ i: 600_000 }) }),
}) satisfies Readonly<Record<string, Preset>>

export type PresetName = keyof typeof presets

/** Argon2id at the least it can cost: not among the presets, because it keeps nothing secret. */
export const cheapPreset: Preset = Object.freeze({ scheme: 'argon2id', costs: Object.freeze({ m: 64, t: 1, p: 1 }) })
