// Rule: files and folders are snake_case and say what is in them.
import type { Finding, Source } from './source.ts'

const SNAKE = /^[a-z0-9]+(_[a-z0-9]+)*$/
const EMPTY_WORDS = /(^|_)(utils?|helpers?|common|managers?|misc|stuff)(_|$)/

/** Names paths with capitals or dashes, and names that would fit any file. */
export function fileNames(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ path }) => {
    const parts = path.replace(/(\.(process|test|nightly|bench))*\.ts$/, '').split('/')
    if (!parts.every((part) => SNAKE.test(part))) return [{ path, line: 1, message: 'name it in snake_case' }]
    const empty = parts.find((part) => EMPTY_WORDS.test(part))
    return empty === undefined
      ? []
      : [{ path, line: 1, message: `'${empty}' says nothing: name the idea that is in it` }]
  })
}
