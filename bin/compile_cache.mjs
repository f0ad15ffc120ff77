// Loaded before everything else: keeps compiled code between starts, which halves what a start from sources costs.
import { enableCompileCache } from 'node:module'

// Beside the data and not in the shared temporary folder, where another user could put code of theirs.
// Where nothing can be written, nothing is kept.
enableCompileCache('.plinth/compile-cache')
