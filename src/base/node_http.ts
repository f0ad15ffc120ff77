// Node's HTTP as a value: importing it by name runs its getters, and one of them loads fetch, WebSocket and 16 MB.
import type * as Http from 'node:http'

/** The module itself, as `require` gives it. */
export const nodeHttp: typeof Http = process.getBuiltinModule('node:http')
