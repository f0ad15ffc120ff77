// A way to another service as its routes know it: nothing here names the package that is behind it.
import type { Origin } from '../../../call/deed.ts'

/** Where a browser goes next, and its cookie. */
export interface Redirect {
  readonly location: string
  readonly setCookie: string
}

/** What a browser asked of one of the two addresses. */
export interface WayAsked {
  readonly provider: string
  readonly query: URLSearchParams
  readonly origin: Origin
}

export interface Ways {
  /** Leaves for a service. Fails with not_found, malformed or unavailable. */
  readonly begin: (asked: WayAsked) => Promise<Redirect>
  /** Comes back from it. Fails with not_found, forbidden or unavailable. */
  readonly finish: (asked: WayAsked) => Promise<Redirect>
}
