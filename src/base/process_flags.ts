// The flags every Plinth process runs under; bin/plinth.mjs has them too, for it must load on any Node.

// The sources run as they are under this condition; the published package has only compiled files.
const conditions = import.meta.url.endsWith('.ts') ? ['--conditions=source'] : []

/** What stands between `node` and the file that is started. */
export const processFlags: readonly string[] = [
  '--import',
  new URL('../../bin/quick_start.mjs', import.meta.url).href,
  ...conditions,
  '--disable-proto=delete',
  '--enable-experimental-regexp-engine-on-excessive-backtracks',
]
