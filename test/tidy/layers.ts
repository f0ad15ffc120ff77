// The layers of ARCHITECTURE.md, in order: a file imports from its own layer and from earlier ones.

const FEATURES = [
  'accounts',
  'jobs',
  'outbox',
  'mail',
  'webhooks',
  'files',
  'cache',
  'ledger',
  'privacy',
  'audit',
  'idempotency',
  'limits',
  'auth',
  'organizations',
  'oauth',
  'observe',
]
const DOORS = ['http', 'oauth', 'rest', 'graphql', 'live', 'mcp', 'console']

/** Folders from the ground up, seen from `src/`. A new feature or door takes its place here. */
export const LAYERS: readonly string[] = [
  'base/pure',
  'base',
  'define',
  'store',
  'call',
  ...FEATURES.map((name) => `features/${name}`),
  ...DOORS.map((name) => `doors/${name}`),
  'client',
  'server',
  'cli',
  'testing',
]

/** The layer of a path of `src/`; undefined for `src/index.ts`, for what lies elsewhere and for unknown folders. */
export function layerOf(path: string): string | undefined {
  return LAYERS.find((layer) => path.startsWith(`src/${layer}/`))
}

/** True where `from` may import `to`, looking at the order and at what doors may know of each other. */
export function mayImport(from: string, to: string): boolean {
  if (from === to) return true
  if (from.startsWith('doors/') && to.startsWith('doors/')) return to === 'doors/http'
  return LAYERS.indexOf(to) < LAYERS.indexOf(from)
}
