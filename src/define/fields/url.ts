// An absolute URL that both RFC 3986 and the WHATWG parser understand, so that no two readers see two hosts in it.
import type { Field, Issues, Kind, Options } from '../field.ts'
import { checkText, storedText, textOf, textOperators } from './characters.ts'
import { refuse } from './issues.ts'
import { defineField, type Only } from './options.ts'

export interface UrlOptions extends Options {
  /** Allowed schemes, lower case; default http and https. */
  readonly schemes?: readonly string[]
  readonly default?: string
  readonly example?: string
}

const length = Object.freeze({ min: 4, max: 2_048 })
// RFC 3986 appendix A by characters alone. The WHATWG parser drops tabs and line breaks and reads \ as /, so a text
// with those would name another host there than here.
const characters = String.raw`(?:[\w.~:/?@!$&'()*+,;=-]|%[0-9a-f]{2})*`
const shape = new RegExp(`^([a-z][a-z0-9+.-]*):(?://([^/?#]*))?${characters}(?:#${characters})?$`, 'i')
const authority = /^(?:\[[0-9a-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9a-f]{2})+)(?::\d{1,5})?$/i

/** An absolute URL without user and password, kept as sent. Fails with TypeError for a scheme that is not one. */
export function url<const O extends UrlOptions = {}>(options?: O & Only<O, UrlOptions>): Field<string, O> {
  return defineField(urlKind(options?.schemes ?? ['http', 'https']), options, ['schemes'])
}

function urlKind(schemes: readonly string[]): Kind<string> {
  if (schemes.length === 0 || schemes.some((scheme) => !/^[a-z][a-z0-9+.-]{0,31}$/.test(scheme))) {
    throw new TypeError('url: schemes are lower case names such as "https", at least one')
  }
  const allowed = new Set(schemes)
  const web = schemes.find((scheme) => scheme === 'https') ?? schemes[0]
  return {
    name: 'url',
    storage: 'text',
    folded: false,
    operators: textOperators,
    sortable: true,
    checks: [{ check: 'length', ...length }],
    schema: { type: 'string', format: 'uri', minLength: length.min, maxLength: length.max },
    parse: (wire, pointer, issues) => parseUrl(allowed, wire, pointer, issues),
    fromText: (value) => value,
    toStored: (value) => storedText('url', value),
    toValue: textOf,
    toWire: undefined,
    sample: (n) => `${web}://example.com/${n}`,
  }
}

function parseUrl(schemes: ReadonlySet<string>, wire: unknown, pointer: string, issues: Issues): string | undefined {
  const value = checkText(wire, length, pointer, issues)
  if (value === undefined) return undefined
  const [, scheme, host] = shape.exec(value) ?? []
  if (scheme === undefined || URL.parse(value) === null) {
    return refuse(issues, pointer, 'bad_format', 'Must be an absolute URL, other characters percent-encoded.')
  }
  if (!schemes.has(scheme.toLowerCase())) {
    return refuse(
      issues,
      pointer,
      'bad_choice',
      `Must begin with ${[...schemes].map((one) => `${one}:`).join(' or ')}.`,
    )
  }
  if (host?.includes('@')) return refuse(issues, pointer, 'bad_format', 'Must not hold a user or password.')
  // Without "//" the WHATWG parser finds a host in "http:example.com" where RFC 3986 finds none.
  if (host === undefined ? isWeb(scheme) : !authority.test(host)) {
    return refuse(issues, pointer, 'bad_format', 'Must name a host after //.')
  }
  return value
}

const isWeb = (scheme: string): boolean => /^(?:https?|wss?|ftp|file)$/i.test(scheme)
