// Finds the routes of a URL: one table of methods per URL, segments matched as bytes, no normalising of any kind.
import type { Route } from './route.ts'

/** One URL and the methods it has. */
export interface Resource {
  readonly path: string
  /** Ready for `Allow`: the registered methods, HEAD where there is GET, OPTIONS. */
  readonly allow: string
  readonly routes: ReadonlyMap<string, PlacedRoute>
}

/** A route with the names of its parameters in the order of the path. */
export interface PlacedRoute {
  readonly route: Route
  readonly names: readonly string[]
}

interface Branch {
  readonly fixed: Map<string, Branch>
  any: Branch | undefined
  resource: GrowingResource | undefined
}

interface GrowingResource {
  readonly path: string
  allow: string
  readonly routes: Map<string, PlacedRoute>
}

export interface RouteTable {
  /** The resource of a path, its parameter values pushed onto `values`; undefined where there is none. */
  find(path: string, values: string[]): Resource | undefined
}

const newBranch = (): Branch => ({ fixed: new Map(), any: undefined, resource: undefined })

/** Builds the table; throws TypeError on a path it cannot hold or a method declared twice for one URL. */
export function createRouteTable(routes: readonly Route[], parameterChars: number): RouteTable {
  const root = newBranch()
  const exact = new Map<string, Resource>()
  for (const route of routes) {
    const resource = place(root, route)
    if (!route.path.includes('/:')) exact.set(route.path, resource)
  }
  return { find: (path, values) => exact.get(path) ?? descend(root, path, 1, values, parameterChars) }
}

function place(root: Branch, route: Route): Resource {
  if (!/^(?:\/:?[A-Za-z0-9._~-]*)+$/.test(route.path))
    throw new TypeError(`Route ${route.name}: bad path ${route.path}`)
  const names: string[] = []
  let branch = root
  for (const segment of route.path.slice(1).split('/')) {
    if (segment.startsWith(':')) names.push(segment.slice(1))
    branch = segment.startsWith(':') ? (branch.any ??= newBranch()) : fixedBranch(branch, segment)
  }
  if (new Set(names).size !== names.length)
    throw new TypeError(`Route ${route.name}: ${route.path} repeats a parameter`)
  const resource = (branch.resource ??= { path: route.path, allow: '', routes: new Map() })
  addRoute(resource, { route, names })
  return resource
}

function fixedBranch(branch: Branch, segment: string): Branch {
  const next = branch.fixed.get(segment) ?? newBranch()
  branch.fixed.set(segment, next)
  return next
}

function addRoute(resource: GrowingResource, placed: PlacedRoute): void {
  const { method, name, path } = placed.route
  const before = resource.routes.get(method)
  if (before !== undefined) throw new TypeError(`${method} ${path} is declared by ${before.route.name} and by ${name}`)
  resource.routes.set(method, placed)
  const methods = [...resource.routes.keys()].flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each]))
  resource.allow = [...methods, 'OPTIONS'].join(', ')
}

// A fixed segment is tried before a parameter, and the parameter again when the fixed one leads nowhere.
function descend(branch: Branch, path: string, from: number, values: string[], chars: number): Resource | undefined {
  const slash = path.indexOf('/', from)
  const segment = slash === -1 ? path.slice(from) : path.slice(from, slash)
  const fixed = branch.fixed.get(segment)
  const found = fixed === undefined ? undefined : follow(fixed, path, slash, values, chars)
  if (found !== undefined || branch.any === undefined) return found
  const value = decodeSegment(segment, chars)
  if (value === undefined) return undefined
  values.push(value)
  const below = follow(branch.any, path, slash, values, chars)
  if (below === undefined) values.pop()
  return below
}

function follow(branch: Branch, path: string, slash: number, values: string[], chars: number): Resource | undefined {
  return slash === -1 ? branch.resource : descend(branch, path, slash + 1, values, chars)
}

/**
 * A parameter's value, or undefined for what can name nothing: empty (so `//` and a trailing slash match no
 * parameter), too long, a bad escape, a dot segment, and whatever hides a separator or a control behind an escape.
 */
function decodeSegment(segment: string, chars: number): string | undefined {
  if (segment === '' || segment.length > chars * 12) return undefined
  const value = segment.includes('%') ? decodeEscapes(segment) : segment
  if (value === undefined || value.length > chars || value === '.' || value === '..') return undefined
  return hidden.test(value) ? undefined : value
}

const hidden = /[/\\\p{Cc}]/u

function decodeEscapes(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined // not UTF-8 or not an escape: the address names nothing, which the caller is told as 404
  }
}
