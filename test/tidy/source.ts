// Reads the files that tidy judges: their text, their code without comments, and what they import.
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { scan } from './scan.ts'

/** How an import behaves: `types` leave no trace at run time, `lazy` ones load after the module that asks. */
export type Binding = 'types' | 'load' | 'lazy'

/** One import of one file. */
export interface Import {
  readonly specifier: string
  /** Path from the root of the repository, for relative imports of files that exist. */
  readonly target: string | undefined
  readonly binding: Binding
  readonly line: number
}

/** One file; every path is written from the root of the repository, with forward slashes. */
export interface Source {
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly code: string
  readonly comments: string
  readonly imports: readonly Import[]
  /** Files named in a string ('./worker.ts'), which are started rather than imported. */
  readonly mentions: readonly string[]
}

/** Something untidy: where, and what to do about it. */
export interface Finding {
  readonly path: string
  readonly line: number
  readonly message: string
}

/** One rule: looks at all files, says what is untidy. */
export type TidyRule = (sources: readonly Source[]) => Finding[]

const IMPORT = /(?<![\w.$])(import|export)(\s+type\b(?!\s*,|\s+from))?(?:[\s\w$*{},]*?\bfrom)?\s*(['"])/g
const LAZY = /(?<![\w.$])import\s*\(\s*(['"])/g
const MENTION = /['"](\.{1,2}\/[^'"\n]+\.ts)['"]/g

/** Makes sources of texts by path, as tests of rules do. Imports resolve among the given paths alone. */
export function sourcesOf(texts: Readonly<Record<string, string>>): Source[] {
  const paths = new Set(Object.keys(texts))
  return Object.entries(texts).map(([path, text]) => {
    const { code, comments } = scan(text)
    const resolveFrom = (specifier: string) => resolved(path, specifier, paths)
    const imports = [...findImports(text, code, IMPORT), ...findImports(text, code, LAZY)]
    return {
      path,
      text,
      lines: text.split('\n'),
      code,
      comments,
      imports: imports.map((found) => ({ ...found, target: resolveFrom(found.specifier) })),
      mentions: [...text.matchAll(MENTION)].map((match) => resolveFrom(match[1]!)).filter((to) => to !== undefined),
    }
  })
}

/** Reads every TypeScript file below the given folders of `root`. */
export function readSources(root: string, folders: readonly string[]): Source[] {
  const paths = folders.flatMap((folder) => filesBelow(root, folder))
  return sourcesOf(Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])))
}

/** True for files that only tests load (`test_*.ts` serves the tests beside it); they may look anywhere. */
export function isTest(path: string): boolean {
  return /\.(test|nightly|bench)\.ts$|(^|\/)test_[^/]+\.ts$/.test(path) || path.startsWith('test/')
}

/** The line (from 1) of a place in a text. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

function findImports(text: string, code: string, pattern: RegExp): Omit<Import, 'target'>[] {
  return [...code.matchAll(pattern)].map((match) => {
    const open = match.index + match[0].length
    const specifier = text.slice(open, text.indexOf(code[open - 1]!, open))
    const binding = pattern === LAZY ? 'lazy' : match[2] === undefined ? 'load' : 'types'
    return { specifier, binding, line: lineAt(text, match.index) }
  })
}

function resolved(from: string, specifier: string, paths: ReadonlySet<string>): string | undefined {
  const target = posix.join(posix.dirname(from), specifier)
  return specifier.startsWith('.') && paths.has(target) ? target : undefined
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory())
      return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : filesBelow(root, path)
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts') ? [path] : []
  })
}
