// Asks a service, within a time and a size, over https, without following it elsewhere.
import { isLoopback } from '../../../define/sign_in.ts'

/** The service could not be asked, or could not answer: nobody's fault, and over in a while. */
export class Unreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Unreachable'
  }
}

export interface ForeignLimits {
  readonly requestMs: number
  readonly answerBytes: number
  /** May services of this machine be asked without TLS: in development and tests. */
  readonly loopback: boolean
}

export type ForeignFetch = (url: string, init: RequestInit) => Promise<Response>

/** Makes a fetch under limits. It fails with Unreachable where asking again later may help, else with Error. */
export function createForeignFetch({ requestMs, answerBytes, loopback }: ForeignLimits): ForeignFetch {
  return async (url, init) => {
    // Metadata says where the other addresses are; one of them could lead inside, or out of TLS.
    if (!url.startsWith('https://') && !(loopback && isLoopback(url)))
      throw new Error(`${originOf(url)} is not an https address`)
    const limit = AbortSignal.timeout(requestMs)
    const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit
    try {
      const answer = await fetch(url, { ...init, signal, redirect: 'manual' })
      const body = await readWithin(answer, answerBytes)
      if (answer.status >= 500 || answer.status === 429)
        throw new Unreachable(`${originOf(url)} answered ${answer.status}`)
      const { status, headers } = answer
      return new Response(isBare(status) ? null : body, { status, headers: withoutCoding(headers) })
    } catch (cause) {
      if (cause instanceof Unreachable || cause instanceof TooLarge) throw cause
      throw new Unreachable(`${originOf(url)} cannot be reached`, { cause })
    }
  }
}

/** An answer beyond its limit: not one of a service that works. */
class TooLarge extends Error {}

async function readWithin(answer: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  // The stream ends, and the connection with it, when the loop is left.
  for await (const piece of answer.body ?? []) {
    bytes += piece.length
    if (bytes > most) throw new TooLarge(`${originOf(answer.url)} answered more than ${most} bytes`)
    pieces.push(piece)
  }
  return Uint8Array.from(Buffer.concat(pieces))
}

// The body is decoded by now, and of another length.
function withoutCoding(headers: Headers): Headers {
  const kept = new Headers(headers)
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) kept.delete(name)
  return kept
}

const isBare = (status: number): boolean => status === 204 || status === 304

/** For messages: what follows the host may hold secrets. */
const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : 'an address')
