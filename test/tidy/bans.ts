// Rule: some words belong to one file, and some to none; each ban names its replacement.
import { isTest, lineAt, type Finding, type Source } from './source.ts'

/** One banned pattern. `owner` files may use it; `inTests` says whether tests may. */
export interface Ban {
  readonly pattern: RegExp
  readonly within: 'code' | 'comments'
  readonly mend: string
  readonly owner?: RegExp
  readonly inTests: 'free' | 'banned'
}

/** Every ban, with what to write instead. */
export const BANS: readonly Ban[] = [
  {
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)|\bTemporal\.Now\b/,
    within: 'code',
    mend: 'take the time from the clock (base/clock.ts), so that a test can own it',
    owner: /^src\/base\/clock\.ts$/,
    inTests: 'free',
  },
  {
    pattern:
      /\bMath\.random\b|\brandomUUID(v7)?\b|\brandomBytes\b|\brandomInt\b|\brandomFill(Sync)?\b|\bgetRandomValues\b/,
    within: 'code',
    mend: 'take randomness from base/random.ts or base/id.ts, so that a test can own it',
    owner: /^src\/base\/(random|id|seal)\.ts$/,
    inTests: 'free',
  },
  {
    pattern: /\bconsole\.\w/,
    within: 'code',
    mend: 'use the log (base/log.ts); only cli/ speaks to a terminal',
    owner: /^src\/(base\/log\.ts$|cli\/)|^examples\/[^/]+\/main\.ts$/,
    inTests: 'free',
  },
  {
    pattern: /\bprocess\.env\b/,
    within: 'code',
    mend: 'read the configuration (server/config.ts), which checks every variable once',
    owner: /^src\/(server\/config|cli\/main)\.ts$/,
    inTests: 'free',
  },
  {
    pattern: /\bas any\b|[:<]\s*any\b(?!\s*[(:])|,\s*any\s*>|\bany\[\]/,
    within: 'code',
    mend: 'name the type, or say unknown and check it',
    inTests: 'banned',
  },
  {
    pattern: /\.kind(\.name)?\s*[!=]==?|\bswitch\s*\([^)\n]*\.kind(\.name)?\s*\)/,
    within: 'code',
    mend: 'ask the field; a switch on its kind belongs in define/fields/',
    owner: /^src\/define\/(fields\/|field\.ts$)/,
    inTests: 'free',
  },
  { pattern: /^(export )?let\b/m, within: 'code', mend: 'keep state in a value that is passed', inTests: 'banned' },
  { pattern: /\b(FIXME|TODO|XXX)\b/, within: 'comments', mend: 'finish it before it is merged', inTests: 'banned' },
  {
    pattern: /@ts-(ignore|nocheck)\b/,
    within: 'comments',
    mend: 'mend the type; a refusal that is meant is @ts-expect-error with its reason',
    inTests: 'banned',
  },
  {
    pattern: /\b(describe|suite|test|it)\.only\s*\(|\bonly:\s*true\b/,
    within: 'code',
    mend: 'let the other tests run too',
    inTests: 'banned',
  },
]

/** Names every banned word with its replacement. */
export function bans(sources: readonly Source[]): Finding[] {
  return sources.flatMap((source) =>
    BANS.filter((ban) => applies(ban, source.path)).flatMap((ban) => found(ban, source)),
  )
}

function applies(ban: Ban, path: string): boolean {
  return !(ban.inTests === 'free' && isTest(path)) && !ban.owner?.test(path)
}

function found({ pattern, within, mend }: Ban, source: Source): Finding[] {
  const text = source[within]
  return [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map((match) => ({
    path: source.path,
    line: lineAt(text, match.index),
    message: `${match[0].trim()}: ${mend}`,
  }))
}
