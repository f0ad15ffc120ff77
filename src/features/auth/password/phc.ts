// Password hashes as text in the PHC string format: the scheme, what it cost, the salt, the tag.

/** A stored hash, taken apart. */
export interface PhcHash {
  readonly scheme: string
  /** `v=` where the scheme has versions. */
  readonly version: number | undefined
  /** Whole numbers by name, in the order they were written. */
  readonly costs: Readonly<Record<string, number>>
  /** Which pepper went in; undefined where none did. */
  readonly keyId: string | undefined
  readonly salt: Buffer
  readonly tag: Buffer
}

const form =
  /^\$([a-z0-9-]{1,32})(?:\$v=([1-9]\d{0,9}))?\$([a-z]=[^$]*|ln=[^$]*)\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/

/** Writes a hash: `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`, with `keyid=` last among the costs. */
export function formatPhc({ scheme, version, costs, keyId, salt, tag }: PhcHash): string {
  const written = Object.entries(costs).map(([name, value]) => `${name}=${value}`)
  const parameters = [...written, ...(keyId === undefined ? [] : [`keyid=${keyId}`])].join(',')
  const head = version === undefined ? `$${scheme}` : `$${scheme}$v=${version}`
  return `${head}$${parameters}$${base64(salt)}$${base64(tag)}`
}

/** Reads a hash; undefined for a text that is none, or is spelled another way than it would be written. */
export function parsePhc(text: string): PhcHash | undefined {
  const [, scheme, version, parameters, salt, tag] = form.exec(text) ?? []
  if (scheme === undefined || parameters === undefined || salt === undefined || tag === undefined) return undefined
  const pairs = parameters.split(',').map((pair) => pair.split('='))
  const costs = pairs.filter(([name]) => name !== 'keyid').map(([name = '', value]) => [name, Number(value)] as const)
  const hash: PhcHash = {
    scheme,
    version: version === undefined ? undefined : Number(version),
    costs: Object.fromEntries(costs),
    keyId: pairs.find(([name]) => name === 'keyid')?.[1],
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
  return formatPhc(hash) === text ? Object.freeze(hash) : undefined
}

// The PHC format writes standard base64 without its padding.
const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
