// The pages that people see: plain HTML that runs nothing inline, loads nothing and may be framed by nobody.
import { hash } from 'node:crypto'

const style =
  'body{font:17px/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1rem}' +
  'body{color:#222;background:#fff}' +
  'h1{font-size:1.4rem}label{display:block;margin:.8rem 0}input{display:block;width:100%;box-sizing:border-box;' +
  'font:inherit;padding:.5rem;border:1px solid #777;border-radius:.3rem}button{font:inherit;padding:.5rem 1.2rem;' +
  'margin:.6rem .6rem 0 0;border:1px solid #222;border-radius:.3rem;background:#fff;color:#222}' +
  'button[value=yes]{background:#222;color:#fff}.fault{color:#a00}@media(prefers-color-scheme:dark){' +
  'body,button,input{color:#eee;background:#181818;border-color:#999}button[value=yes]{background:#eee;color:#181818}' +
  '.fault{color:#f88}}'

/**
 * What the browser may do with a page. A form may go where its answer leads: browsers hold the redirects after it to
 * the same rule. The library adds the hash of its one script to `script-src` where a form must send itself; `script`
 * is the whole address of ours.
 */
export function pagePolicy(formTargets?: readonly string[], script = "'none'"): string {
  const form = formTargets === undefined ? '' : `; form-action ${["'self'", ...formTargets].join(' ')}`
  const digest = hash('sha256', style, 'base64')
  return (
    `default-src 'none'; script-src ${script}; style-src 'sha256-${digest}'; base-uri 'none'; ` +
    `frame-ancestors 'none'${form}`
  )
}

/** Text that is safe between tags and in quoted attributes. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign)

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A whole page. The title is a text; the body is HTML whose texts are escaped already. */
export const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${escaped(title)}</title><style>${style}</style></head><body><h1>${escaped(title)}</h1>${body}</body></html>`

/** A page that says one thing. */
export const notice = (title: string, said: string): string => page(title, `<p>${escaped(said)}</p>`)
