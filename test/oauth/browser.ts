// A browser without a screen: it keeps cookies by their prefixes and paths, and follows no redirect by itself.

/** What came back. */
export interface Page {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Where it leads; undefined where it does not. */
  readonly location: string | undefined
  /** Fields of its form that have a value. */
  readonly fields: Readonly<Record<string, string>>
}

interface Cookie {
  readonly value: string
  readonly path: string
}

export interface Browser {
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Page>
  /** Sends a form, as the page of the same site would. */
  post(url: string, form: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Page>
  readonly cookies: Map<string, Cookie>
}

export function openBrowser(origin: string): Browser {
  const cookies = new Map<string, Cookie>()
  const send = async (url: string, init: RequestInit): Promise<Page> => {
    const { pathname } = new URL(url, origin)
    const headers = new Headers(init.headers)
    const sent = [...cookies].filter(
      ([, { path }]) => pathname === path || path === '/' || pathname.startsWith(`${path}/`),
    )
    if (sent.length > 0) headers.set('cookie', sent.map(([name, { value }]) => `${name}=${value}`).join('; '))
    const answer = await fetch(new URL(url, origin), { ...init, headers, redirect: 'manual' })
    for (const line of answer.headers.getSetCookie()) keep(cookies, line)
    const text = await answer.text()
    const location = answer.headers.get('location') ?? undefined
    return { status: answer.status, headers: answer.headers, text, location, fields: fieldsOf(text) }
  }
  return {
    cookies,
    get: (url, headers = {}) => send(url, { headers: { accept: 'text/html', ...headers } }),
    post: (url, form, headers = {}) => {
      const own = { accept: 'text/html', origin, 'sec-fetch-site': 'same-origin' }
      return send(url, { method: 'POST', body: new URLSearchParams(form), headers: { ...own, ...headers } })
    },
  }
}

function keep(cookies: Map<string, Cookie>, line: string): void {
  const [pair = '', ...attributes] = line.split(/; ?/)
  const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
  const said = new Map(attributes.map((one) => [one.split('=')[0]?.toLowerCase() ?? '', one.split('=')[1] ?? '']))
  const path = said.get('path') ?? '/'
  // RFC 6265bis §4.1.3: a browser keeps no cookie whose name promises what it is not.
  const isHost = !name.startsWith('__Host-') || (path === '/' && !said.has('domain'))
  if (!name.startsWith('__') || !said.has('secure') || !said.has('httponly') || !isHost)
    throw new TypeError(`a browser would not keep ${line}`)
  if (said.get('samesite')?.toLowerCase() !== 'lax') throw new TypeError(`not SameSite=Lax: ${line}`)
  if (value === '' || said.get('expires')?.includes('1970')) cookies.delete(name)
  else cookies.set(name, { value, path })
}

function fieldsOf(html: string): Record<string, string> {
  const inputs = html.matchAll(/<input [^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]))
}
