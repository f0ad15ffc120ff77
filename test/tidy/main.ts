// Prints what is untidy, one line each; `npm run tidy [path…]` shows only what lies below the given paths.
import { argv, exit, stdout } from 'node:process'
import { join } from 'node:path'
import { RULES } from './rules.ts'
import { readSources } from './source.ts'

const root = join(import.meta.dirname, '../..')
const only = argv.slice(2)
const sources = readSources(root, ['src', 'examples', 'test'])
const findings = Object.values(RULES)
  .flatMap((rule) => rule(sources))
  .filter(({ path }) => only.length === 0 || only.some((prefix) => path.startsWith(prefix)))

for (const { path, line, message } of findings) stdout.write(`${path}:${line}: ${message}\n`)
stdout.write(`${sources.length} files, ${findings.length} untidy\n`)
exit(findings.length === 0 ? 0 : 1)
