// Every code block of the documents is run: TypeScript is type-checked and executed, JSON parsed, commands known.
import { deepEqual, ok } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { blocksOf, type Block } from './docs/blocks.ts'
import { checkTypes } from './run/check_types.ts'

const root = join(import.meta.dirname, '..')
// Inside the repository, because only there does the name `plinth` lead to it; ignored by git.
const folder = join(root, '.plinth/docs')
const PAGES = ['*.md', 'docs/**/*.md']

const blocks = PAGES.flatMap((pages) => globSync(pages, { cwd: root }))
  .toSorted()
  .flatMap((page) => blocksOf(page, readFileSync(join(root, page), 'utf8')))
const programs = blocks.filter(({ language }) => language === 'ts')

/** The pages' programs as files, one folder a page, so that blocks of a page may import each other by name. */
function writePrograms(): void {
  rmSync(folder, { recursive: true, force: true })
  for (const block of programs) {
    const path = join(folder, block.path)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, block.text)
  }
  const tsconfig = { extends: '../../tsconfig.json', include: ['**/*.ts'] }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
}

/** Loads the programs in one process, which names each before; one that stays (a server) is asked to be `no-run`. */
function load(blocks: readonly Block[]): void {
  const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning', '--input-type=module', '--eval']
  const loads = blocks.map(({ page, line, path }) => {
    const place = JSON.stringify(`${page}:${line}`)
    return `console.error('in', ${place}); await import(${JSON.stringify(join(folder, path))})`
  })
  execFileSync(process.execPath, [...flags, loads.join('\n')], { cwd: folder, timeout: 60_000, stdio: 'pipe' })
}

describe('the documents', () => {
  writePrograms()
  after(() => rmSync(folder, { recursive: true, force: true }))

  test(
    'their programs type-check',
    { skip: programs.length === 0 ? 'no page holds a program yet' : false },
    async () => {
      const [result] = await checkTypes(root, '.plinth/docs/tsconfig.json')

      ok(result?.outcome === 'passed', result?.detail ?? 'the compiler did not run')
    },
  )

  test('their programs run', () => load(programs.filter(({ marks }) => !marks.includes('no-run'))))

  test('their JSON parses', () => {
    for (const { text } of blocks.filter(({ language }) => language === 'json')) JSON.parse(text)
  })

  test('the npm commands they name exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const named = blocks
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => [...text.matchAll(/\bnpm (?:run )?([\w:-]+)/g)].map((match) => match[1]!))
    const known = new Set([...Object.keys(scripts), 'install', 'init', 'create', 'ci'])

    deepEqual(
      named.filter((name) => !known.has(name)),
      [],
    )
  })

  test('a block without a language is refused', () => {
    const bare = blocks.filter(({ language }) => language === '').map(({ page, line }) => `${page}:${line}`)

    deepEqual(bare, [], 'say ts, sh, json, http, sql or text')
  })

  test('the reader of blocks finds them, with their marks', () => {
    const page = 'Text\n```ts file=orders.ts no-run\nlet a\n```\n````md\n```ts\n```\n````\n'
    const found = blocksOf('docs/guide/a.md', page)

    deepEqual(
      found.map(({ language, marks, path, line }) => [language, marks, path, line]),
      [
        ['ts', ['no-run'], 'docs_guide_a/orders.ts', 2],
        ['md', [], 'docs_guide_a/block_5.ts', 5],
      ],
    )
    ok(found[0]!.text === 'let a\n')
  })
})
