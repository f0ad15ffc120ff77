// Each rule of tidy finds its seeded fault, and leaves the tidy twin of it alone.
import { deepEqual, equal } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RULES } from './rules.ts'
import { sourcesOf } from './source.ts'

/** One fault: what the rule must say of `bad`, and must not say of `good`. Both are files by path. */
interface Case {
  readonly rule: keyof typeof RULES
  readonly title: string
  readonly bad: Readonly<Record<string, string>>
  readonly finds: RegExp
  readonly good: Readonly<Record<string, string>>
}

const EMPTY = ''
const LONG_BODY = '  step()\n'.repeat(60)

const CASES: readonly Case[] = [
  {
    rule: 'imports go down the house',
    title: 'an import of a later layer, even of its types',
    bad: { 'src/base/a.ts': `import type { B } from '../store/b.ts'`, 'src/store/b.ts': EMPTY },
    finds: /^src\/base\/a\.ts:1: imports src\/store\/b\.ts: base may not know store/,
    good: { 'src/base/a.ts': EMPTY, 'src/store/b.ts': `import type { B } from '../base/a.ts'` },
  },
  {
    rule: 'imports go down the house',
    title: 'base/pure that imports the rest of base',
    bad: { 'src/base/pure/a.ts': `import { b } from '../b.ts'`, 'src/base/b.ts': EMPTY },
    finds: /base\/pure may not know base/,
    good: { 'src/base/pure/a.ts': EMPTY, 'src/base/b.ts': `import { a } from './pure/a.ts'` },
  },
  {
    rule: 'imports go down the house',
    title: 'a door that imports a door other than http',
    bad: { 'src/doors/graphql/a.ts': `import { b } from '../rest/b.ts'`, 'src/doors/rest/b.ts': EMPTY },
    finds: /doors\/graphql may not know doors\/rest/,
    good: { 'src/doors/graphql/a.ts': `import { b } from '../http/b.ts'`, 'src/doors/http/b.ts': EMPTY },
  },
  {
    rule: 'imports go down the house',
    title: 'a feature that imports a later feature',
    bad: { 'src/features/jobs/a.ts': `import { b } from '../auth/index.ts'`, 'src/features/auth/index.ts': EMPTY },
    finds: /features\/jobs may not know features\/auth/,
    good: { 'src/features/auth/a.ts': `import { b } from '../jobs/index.ts'`, 'src/features/jobs/index.ts': EMPTY },
  },
  {
    rule: 'imports go down the house',
    title: 'a lazy import of a later layer',
    bad: { 'src/base/a.ts': `const b = await import('../store/b.ts')`, 'src/store/b.ts': EMPTY },
    finds: /base may not know store/,
    good: { 'src/base/a.ts': `// import('../store/b.ts')`, 'src/store/b.ts': EMPTY },
  },
  {
    rule: 'imports go down the house',
    title: 'a client that runs code of the server',
    bad: { 'src/client/a.ts': `import { type B } from '../define/b.ts'`, 'src/define/b.ts': EMPTY },
    finds: /at run time: the client takes types/,
    good: { 'src/client/a.ts': `import type { B } from '../define/b.ts'`, 'src/define/b.ts': EMPTY },
  },
  {
    rule: 'imports go down the house',
    title: 'a file in no layer',
    bad: { 'src/shared/a.ts': EMPTY },
    finds: /lies in no layer/,
    good: { 'src/index.ts': EMPTY },
  },
  {
    rule: 'imports go down the house',
    title: 'an example that goes round the public door',
    bad: { 'examples/shop/app.ts': `import { a } from '../../src/base/a.ts'`, 'src/base/a.ts': EMPTY },
    finds: /an example uses its own files/,
    good: {
      'examples/shop/app.ts': `import { a } from 'plinth'\nimport { b } from './b.ts'`,
      'examples/shop/b.ts': EMPTY,
    },
  },
  {
    rule: 'base/pure and the client run in a browser',
    title: 'a Node module in base/pure',
    bad: { 'src/base/pure/a.ts': `import { join } from 'node:path'` },
    finds: /runs in a browser/,
    good: { 'src/base/a.ts': `import { join } from 'node:path'` },
  },
  {
    rule: 'a start loads no more than it needs',
    title: "Node's HTTP imported as a value",
    bad: { 'src/doors/http/a.ts': `import { STATUS_CODES } from 'node:http'` },
    finds: /node_http\.ts/,
    good: { 'src/doors/http/a.ts': `import type { Server } from 'node:http'` },
  },
  {
    rule: 'a feature is known by its index',
    title: 'somebody reaching into a feature',
    bad: { 'src/doors/rest/a.ts': `import { b } from '../../features/auth/b.ts'`, 'src/features/auth/b.ts': EMPTY },
    finds: /import src\/features\/auth\/index\.ts/,
    good: { 'src/server/a.ts': `import { b } from '../features/auth/b.ts'`, 'src/features/auth/b.ts': EMPTY },
  },
  {
    rule: 'an engine is named in its own folder',
    title: 'an engine imported by a step',
    bad: { 'src/call/a.ts': `import { DatabaseSync } from 'node:sqlite'` },
    finds: /Engine contract/,
    good: { 'src/store/sqlite/a.ts': `import { DatabaseSync } from 'node:sqlite'` },
  },
  {
    rule: 'an engine is named in its own folder',
    title: 'a decision by the name of an engine',
    bad: { 'src/store/a.ts': `if (engine.name === 'postgres') lock()` },
    finds: /ask a fact/,
    good: { 'src/store/a.ts': `// if (engine.name === 'postgres')\nif (engine.facts.skipLocked) lock()` },
  },
  {
    rule: 'nothing imports itself in a circle',
    title: 'a circle at run time',
    bad: { 'src/base/a.ts': `import { b } from './b.ts'`, 'src/base/b.ts': `export { a } from './a.ts'` },
    finds: /loads itself in a circle: src\/base\/a\.ts -> src\/base\/b\.ts -> src\/base\/a\.ts/,
    good: { 'src/base/a.ts': `import { b } from './b.ts'`, 'src/base/b.ts': `import type { A } from './a.ts'` },
  },
  {
    rule: 'nothing imports itself in a circle',
    title: 'a circle of types across folders',
    bad: {
      'src/store/a.ts': `import type { B } from './in/b.ts'`,
      'src/store/in/b.ts': `import type { A } from '../a.ts'`,
    },
    finds: /circle of types across folders/,
    good: { 'src/store/a.ts': `import type { B } from './b.ts'`, 'src/store/b.ts': `import type { A } from './a.ts'` },
  },
  {
    rule: 'files, functions and lines stay short',
    title: 'a file of 401 lines',
    bad: { 'src/base/a.ts': 'x\n'.repeat(401) },
    finds: /has 401 lines, at most 400/,
    good: { 'src/base/a.ts': 'x\n'.repeat(400) },
  },
  {
    rule: 'files, functions and lines stay short',
    title: 'a line of 121 characters',
    bad: { 'src/base/a.ts': 'x'.repeat(121) },
    finds: /a\.ts:1: line of 121 characters/,
    good: { 'src/base/a.ts': 'x'.repeat(120) },
  },
  ...[
    ['a function', 'function a(b: { c: number }): Promise<{ d: 1 }> {'],
    ['an arrow', 'const a = (b: string): void => {'],
    ['a method', 'const a = {\n  async b(c = {}): Promise<void> {'],
  ].map(([title, head]): Case => ({
    rule: 'files, functions and lines stay short',
    title: `${title} of 62 lines`,
    bad: { 'src/base/a.ts': `${head}\n${LONG_BODY}  }` },
    finds: /function of 62 lines, at most 60/,
    good: { 'src/base/a.ts': `${head}\n  }\n${LONG_BODY}` },
  })),
  ...(
    [
      ['Date.now()', 'const at = Date.now()', /base\/clock/, 'src/base/clock.ts'],
      ['new Date()', 'const at = new Date()', /base\/clock/, 'src/base/clock.ts'],
      ['Math.random()', 'const n = Math.random()', /base\/random/, 'src/base/random.ts'],
      ['randomUUID', `import { randomUUID } from 'node:crypto'`, /base\/id/, 'src/base/id.ts'],
      ['console', 'console.log(1)', /base\/log/, 'src/base/log.ts'],
      ['process.env', 'const port = process.env.PORT', /server\/config/, 'src/server/config.ts'],
      ['a switch on a kind', 'switch (field.kind) {}', /ask the field/, 'src/define/fields/text.ts'],
      ['a comparison of a kind', `if (field.kind === 'text') go()`, /ask the field/, 'src/define/fields/text.ts'],
    ] as const
  ).map(([title, text, finds, owner]): Case => ({
    rule: 'words stay with the file that owns them',
    title: `${title} outside its owner`,
    bad: { 'src/call/a.ts': text },
    finds,
    good: { [owner]: text, 'src/call/a.ts': `// ${text}\nconst words = \`${text}\`` },
  })),
  ...(
    [
      ['as any', 'const a = b as any', 'const a = b as unknown'],
      ['a parameter of any', 'function a(b: any) {}', 'function a(b: unknown) {}'],
      ['any inside <>', 'const a: Map<string, any> = b', 'export { all, any, none }'],
      ['a module-level let', 'let count = 0', 'const count = 0'],
      ['FIXME', '// FIXME: later', `const note = 'FIXME'`],
      ['@ts-ignore', '// @ts-ignore', `const note = '@ts-ignore'`],
      ['a test that runs alone', `test.only('a', run)`, `test('a', run)`],
    ] as const
  ).map(([title, bad, good]): Case => ({
    rule: 'words stay with the file that owns them',
    title,
    bad: { 'src/call/a.ts': bad },
    finds: /: \S/,
    good: { 'src/call/a.ts': good },
  })),
  {
    rule: 'a cast says why',
    title: 'a cast without a comment',
    bad: { 'src/base/a.ts': 'const a = b as C' },
    finds: /say why/,
    good: {
      'src/base/a.ts': [
        'const a = b as C // Checked by the caller.',
        '// The driver types this as unknown.',
        'const d = e as F',
        'const g = [1] as const',
        `import { h as i } from './h.ts'`,
        'type J = { [K in keyof L as M<K>]: 1 }',
      ].join('\n'),
    },
  },
  {
    rule: 'a file begins with what it is for',
    title: 'a file that begins with code',
    bad: { 'src/base/a.ts': 'const a = 1' },
    finds: /begin with one sentence/,
    good: { 'src/base/a.ts': '// Tells the time.\nconst a = 1' },
  },
  {
    rule: 'names say something',
    title: 'a file of helpers',
    bad: { 'src/base/date_helpers.ts': EMPTY },
    finds: /'date_helpers' says nothing/,
    good: { 'src/base/date.process.test.ts': EMPTY },
  },
  {
    rule: 'names say something',
    title: 'a name in camelCase',
    bad: { 'src/base/dateOf.ts': EMPTY },
    finds: /snake_case/,
    good: { 'src/base/date_of.ts': EMPTY },
  },
  {
    rule: 'every file is used',
    title: 'a file that only its test knows',
    bad: { 'src/base/a.ts': EMPTY, 'src/base/a.test.ts': `import { a } from './a.ts'` },
    finds: /^src\/base\/a\.ts:1: is imported by nothing but tests/,
    good: { 'src/base/a.ts': EMPTY, 'src/index.ts': `new Worker(new URL('./base/a.ts', import.meta.url))` },
  },
]

function judge(rule: Case['rule'], texts: Readonly<Record<string, string>>): string[] {
  return RULES[rule]!(sourcesOf(texts)).map(({ path, line, message }) => `${path}:${line}: ${message}`)
}

describe('tidy', () => {
  for (const { rule, title, bad, finds, good } of CASES) {
    test(`${rule}: finds ${title}`, () => {
      const findings = judge(rule, bad)

      equal(findings.filter((finding) => finds.test(finding)).length > 0, true, findings.join('\n'))
      deepEqual(judge(rule, good), [])
    })
  }

  test('every rule has a seeded fault', () => {
    deepEqual(new Set(CASES.map(({ rule }) => rule)), new Set(Object.keys(RULES)))
  })
})
