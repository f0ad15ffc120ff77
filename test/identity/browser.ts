// A browser with cookies and redirects, between an app under test and another service.
import { createHash } from 'node:crypto'
import type { Answered } from 'plinth/testing'
import type { Club } from './people.ts'

/** The app under test, as the service and the browser know it. */
export const appUrl = 'http://localhost'

/** Where the browser is when it stops. */
export interface Stop {
  readonly url: string
  readonly status: number
  /** The fragment. */
  readonly said: URLSearchParams
  readonly body: unknown
}

export interface Browser {
  /** Opens an address and follows it, signing in as `subject` where it is asked, until it comes to rest. */
  open(url: string, options?: Opening): Promise<Stop>
  /** Cookies of the app. */
  readonly cookies: Map<string, string>
  /** Every address it was at. */
  readonly history: string[]
}

export interface Opening {
  readonly subject?: string
  /** Presses "cancel" where it is asked. */
  readonly cancels?: boolean
  /** Stops before it opens an address that this is true of. */
  readonly until?: (url: URL) => boolean
}

interface Seen {
  readonly status: number
  readonly location: string | null
  readonly cookies: readonly string[]
  readonly text: string
  readonly body?: unknown
}

/** A new browser. */
export function openBrowser(run: Club): Browser {
  const [cookies, foreign] = [new Map<string, string>(), new Map<string, string>()]
  const history: string[] = []
  const look = async (url: URL, form: URLSearchParams | undefined): Promise<Seen> => {
    const isOurs = url.origin === appUrl
    // A form of another site brings no Lax cookie along.
    const jar = isOurs ? (form === undefined ? cookies : new Map<string, string>()) : foreign
    const headers = {
      Cookie: [...jar].map((pair) => pair.join('=')).join('; '),
      Accept: 'text/html,*/*;q=0.8',
      ...(form && { 'Content-Type': 'application/x-www-form-urlencoded' }),
    }
    const seen = isOurs ? await askApp(run, url, { form, headers }) : await askOther(url, { form, headers })
    for (const cookie of seen.cookies) keepCookie(jar, cookie)
    return seen
  }
  return {
    cookies,
    history,
    async open(address, { subject = '', cancels = false, until = () => false } = {}) {
      let [url, form]: [URL, URLSearchParams | undefined] = [new URL(address), undefined]
      for (let hop = 0; hop < 25; hop++) {
        history.push(url.href)
        if (isLanding(url) || until(url)) return stopAt(url, undefined)
        const seen = await look(url, form)
        form = undefined
        if (seen.location !== null) url = new URL(seen.location, url)
        else if (postsBack.test(seen.text)) [url, form] = postedBack(seen.text)
        else if (cancels && seen.text.includes('/abort')) url = new URL(`${url.pathname}/abort`, url)
        else if (/name="prompt" value="(login|consent)"/.test(seen.text)) form = answerTo(seen.text, subject)
        else return stopAt(url, seen)
      }
      throw new Error(`The browser goes round in circles:\n${history.join('\n')}`)
    },
  }
}

/** A page of the app itself, or an address that no browser opens. */
const isLanding = (url: URL): boolean =>
  !url.protocol.startsWith('http') || (url.origin === appUrl && !url.pathname.startsWith('/api/'))

const stopAt = (url: URL, seen: Seen | undefined): Stop => ({
  url: url.href.split('#', 1)[0] ?? '',
  status: seen?.status ?? 200,
  said: new URLSearchParams(url.hash.slice(1)),
  body: seen?.body,
})

const answerTo = (page: string, login: string): URLSearchParams => {
  const prompt = /name="prompt" value="(login|consent)"/.exec(page)?.[1] ?? ''
  return new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'any' }) })
}

const postsBack = /<form method="post" action="([^"]+)"/

/** A page that sends its form by itself. */
function postedBack(page: string): [URL, URLSearchParams] {
  const fields = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)]
  const form = new URLSearchParams(fields.map(([, name = '', value = '']) => [name, value]))
  return [new URL(postsBack.exec(page)?.[1] ?? ''), form]
}

interface Asked {
  readonly form: URLSearchParams | undefined
  readonly headers: Record<string, string>
}

async function askApp(run: Club, url: URL, { form, headers }: Asked): Promise<Seen> {
  const body = form && { body: form.toString() }
  const answer: Answered = await run.anonymous.request(form ? 'POST' : 'GET', `${url.pathname}${url.search}`, {
    headers,
    ...body,
  })
  const cookie = answer.headers.get('set-cookie')
  const cookies = cookie === null ? [] : [cookie]
  return { ...answer, location: answer.headers.get('location'), cookies }
}

async function askOther(url: URL, { form, headers }: Asked): Promise<Seen> {
  const sent = form && { method: 'POST', body: form.toString() }
  const answer = await fetch(url, { ...sent, headers, redirect: 'manual' })
  const cookies = answer.headers.getSetCookie()
  return { status: answer.status, location: answer.headers.get('location'), cookies, text: await answer.text() }
}

function keepCookie(jar: Map<string, string>, cookie: string): void {
  const [pair = '', ...attributes] = cookie.split(/; ?/)
  const at = pair.indexOf('=')
  const isOver = attributes.some((one) => /^max-age=0$/i.test(one) || /^expires=thu, 01 jan 1970/i.test(one))
  if (isOver) jar.delete(pair.slice(0, at))
  else jar.set(pair.slice(0, at), pair.slice(at + 1))
}

/** A verifier that a client keeps, and the challenge it begins with. */
export const pkce = (seed = 'one') => {
  const verifier = createHash('sha256').update(seed).digest('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}
