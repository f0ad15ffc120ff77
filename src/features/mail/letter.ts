// Letters: a subject and some paragraphs, of which both the text and the HTML of a mail are made.
import { assert } from '../../base/assert.ts'
import { mailLimits } from '../../base/limits.ts'
import { oneLine, type Mail } from './mail.ts'

/** A part of a letter. Whatever stands in it is text, never markup. */
export type Part =
  | { readonly paragraph: string }
  /** A button, with the address below it for programs that show none. */
  | { readonly link: string; readonly label: string }
  /** Something to copy or to type. */
  | { readonly code: string }

export interface Letter {
  readonly subject: string
  readonly parts: readonly Part[]
  /** Who sends it, and why it came; the small print. */
  readonly footer: string
}

/** The contents of a mail. Fails with Broken for a link that is no http address: only ours are ever put in. */
export function writeLetter(letter: Letter): Pick<Mail, 'subject' | 'text' | 'html'> {
  return { subject: letter.subject, text: textOf(letter), html: htmlOf(letter) }
}

/**
 * A name somebody gave themselves, for a mail to somebody else: one short line, or undefined if a mail program would
 * make a link of it. A name is the one place where a stranger chooses words that we send.
 */
export function plainName(name: string): string | undefined {
  const line = oneLine(name, mailLimits.nameChars)
  const isLink = /:\/\/|\bwww\b|@|[\p{L}\p{N}]\s*\.\s*[\p{L}\p{N}]/iu.test(line.normalize('NFKC'))
  return line === '' || isLink ? undefined : line
}

function textOf({ parts, footer }: Letter): string {
  const lines = parts.map((part) => {
    if ('paragraph' in part) return part.paragraph
    return 'link' in part ? `${part.label}:\n${httpAddress(part.link)}` : part.code
  })
  return `${[...lines, `-- \n${footer}`].join('\n\n')}\n`
}

function htmlOf({ subject, parts, footer }: Letter): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:560px;margin:0 auto">
${parts.map(htmlPart).join('\n')}
<p style="margin:32px 0 0;font-size:13px;opacity:.7">${lines(footer)}</p>
</div>
</body>
</html>
`
}

const codeStyle = 'margin:0 0 16px;font:18px/1.4 ui-monospace,monospace;word-break:break-all'

function htmlPart(part: Part): string {
  if ('paragraph' in part) return `<p style="margin:0 0 16px">${lines(part.paragraph)}</p>`
  if ('code' in part) return `<p style="${codeStyle}">${escapeHtml(part.code)}</p>`
  const address = escapeHtml(httpAddress(part.link))
  const button = 'display:inline-block;padding:10px 20px;border-radius:6px;background:#1a56db;color:#fff'
  return `<p style="margin:0 0 8px"><a href="${address}" style="${button}">${escapeHtml(part.label)}</a></p>
<p style="margin:0 0 16px;font-size:13px;word-break:break-all">${address}</p>`
}

const lines = (text: string): string => escapeHtml(text).replaceAll('\n', '<br>')

function httpAddress(link: string): string {
  const url = URL.canParse(link) ? new URL(link) : undefined
  assert(url !== undefined && /^https?:$/.test(url.protocol), 'a link in a mail is an http address of ours')
  return url.href
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for between tags or within quotes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char)
}
