// Reads the fenced code blocks of a Markdown page.

/** One block. Its info string is `language file=name.ts marks…`; the path is where a test writes it. */
export interface Block {
  readonly page: string
  readonly line: number
  readonly language: string
  readonly marks: readonly string[]
  readonly path: string
  readonly text: string
}

const FENCE = /^(?<fence>`{3,})(?<info>[^\n`]*)\n(?<text>[\s\S]*?)^\k<fence>[ \t]*$/gm

/** Every block of a page, in order. A longer fence holds shorter ones as text. */
export function blocksOf(page: string, markdown: string): Block[] {
  return [...markdown.matchAll(FENCE)].map((match) => {
    const { info = '', text = '' } = match.groups ?? {}
    const [language = '', ...marks] = info.trim().split(/\s+/)
    const line = markdown.slice(0, match.index).split('\n').length
    const name = marks.find((mark) => mark.startsWith('file='))?.slice('file='.length) ?? `block_${line}.ts`
    const folder = page.replace(/\.md$/, '').replaceAll(/\W+/g, '_')
    const others = marks.filter((mark) => !mark.startsWith('file='))
    return { page, line, language, marks: others, path: `${folder}/${name}`, text }
  })
}
