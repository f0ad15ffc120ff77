// Which of the offered representations the caller wants (RFC 9110 §12): Accept and Accept-Encoding with q-values.

interface Wish {
  readonly name: string
  readonly q: number
}

/** More members than this say nothing more; the rest is not read, so a long header stays cheap. */
const MEMBERS = 50

/**
 * The offered media type the caller likes best, the first one when it does not care; undefined means 406.
 * `offers` are types without parameters, in the server's order of preference.
 */
export function chooseType(accept: string | undefined, offers: readonly string[]): string | undefined {
  const first = offers[0]
  if (accept === undefined || accept === '*/*' || accept === first || accept === '') return first
  const wishes = parseWishes(accept)
  return best(offers, (offer) => typeQuality(wishes, offer))
}

/** The coding to use among those offered, or 'identity'. */
export function chooseEncoding<E extends string>(accept: string | undefined, offers: readonly E[]): E | 'identity' {
  if (accept === undefined || accept === '' || accept === 'identity') return 'identity'
  const wishes = parseWishes(accept)
  const rest = named(wishes, '*')
  const identity = named(wishes, 'identity') ?? (rest === 0 ? 0 : 0.0001)
  const coding = best(offers, (offer) => named(wishes, offer) ?? rest ?? 0)
  if (coding === undefined) return 'identity'
  return (named(wishes, coding) ?? rest ?? 0) >= identity ? coding : 'identity'
}

function best<O extends string>(offers: readonly O[], quality: (offer: O) => number): O | undefined {
  let chosen: O | undefined
  let highest = 0
  for (const offer of offers) {
    const q = quality(offer)
    if (q > highest) {
      chosen = offer
      highest = q
    }
  }
  return chosen
}

/** The most specific range decides, whatever the order: `text/*;q=1, text/html;q=0` refuses html. */
function typeQuality(wishes: readonly Wish[], offer: string): number {
  const family = `${offer.slice(0, offer.indexOf('/'))}/*`
  return named(wishes, offer) ?? named(wishes, family) ?? named(wishes, '*/*') ?? 0
}

function named(wishes: readonly Wish[], name: string): number | undefined {
  let found: number | undefined
  for (const wish of wishes) if (wish.name === name) found = Math.max(found ?? 0, wish.q)
  return found
}

function parseWishes(header: string): Wish[] {
  const wishes: Wish[] = []
  for (const member of header.split(',', MEMBERS)) {
    const [name = '', ...parameters] = member.split(';')
    wishes.push({ name: name.trim().toLowerCase(), q: qualityOf(parameters) })
  }
  return wishes
}

function qualityOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const text = parameter.trim()
    if (text[0] !== 'q' && text[0] !== 'Q') continue
    const match = /^[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(text)
    // A weight that cannot be read counts as full: refusing a caller over a typo in a preference helps nobody.
    if (match?.[1] !== undefined) return Number(match[1])
  }
  return 1
}
