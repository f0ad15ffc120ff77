// Addresses that look like a registered one to somebody: by parsing, by beginning, by ear. None of them is it.

export const registered = 'https://partner.example/callback'

const schemes = [
  'http://partner.example/callback', 'HTTPS://partner.example/callback', 'Https://partner.example/callback',
  'ftp://partner.example/callback', 'ws://partner.example/callback', 'wss://partner.example/callback',
  'javascript:alert(1)', 'JavaScript:alert(1)', 'javascript://partner.example/callback%0aalert(1)',
  'data:text/html,hello', 'data:text/html;base64,aGVsbG8=', 'vbscript:msgbox(1)', 'file:///callback',
  'blob:https://partner.example/callback', 'about:blank', 'intent://partner.example/callback#Intent;end',
  '//partner.example/callback', '//evil.example', '///evil.example/callback', '/callback', 'callback', '',
  'partner.example/callback', 'https:partner.example/callback', 'https:/partner.example/callback',
  'https:///partner.example/callback', 'https:////partner.example/callback', 'https:\\\\partner.example\\callback',
  'https://', 'https:', ' https://partner.example/callback', 'https ://partner.example/callback',
] // prettier-ignore

const hosts = [
  'evil.example', 'PARTNER.EXAMPLE', 'Partner.example', 'partner.example.', 'partner.example..', 'www.partner.example',
  'partner.example.evil.example', 'evilpartner.example', 'partner.example.evil', 'partner-example', 'partnerexample',
  'user@partner.example', 'user:pw@partner.example', '@partner.example', ':@partner.example',
  'partner.example@evil.example',
  'partner.example:443@evil.example', 'partner.example%40evil.example', 'evil.example%23@partner.example',
  'evil.example\\@partner.example', 'evil.example%5c@partner.example', 'evil.example?@partner.example',
  'evil.example#@partner.example', 'evil.example&@partner.example', 'partner.example%00.evil.example',
  'partner.example%2eevil.example', 'partner.example%2f.evil.example', 'partner.example%0a.evil.example',
  'p\u0430rtner.example', 'xn--prtner-bza.example', 'partner\u3002example', 'partner\uff0eexample',
  'partner.ex\u00adample',
  'partner.example:443', 'partner.example:8443', 'partner.example:80', 'partner.example:0', 'partner.example:',
  'partner.example:00443', 'partner.example:65536', 'partner.example: 443', '[::1]', '127.0.0.1', 'localhost',
  '*.example', '*',
].map((host) => `https://${host}/callback`) // prettier-ignore

const paths = [
  '', '/', '/Callback', '/CALLBACK', '/callback/', '/callback//', '//callback', '/callback/..', '/callback/../callback',
  '/callback/../evil', '/./callback', '/callback/.', '/a/../callback', '/callback;x=1', '/callback%2F', '/%63allback',
  '/call%62ack', '/callback%00', '/callback%0d%0aSet-Cookie:%20a=b', '/callback%20', '/callback\\evil', '/callback\\',
  '/callback.evil', '/callbackevil', '/callback/evil', '/callback%2e%2e', '/callback/%2e%2e/evil', '/callback*', '/*',
  '/callback?', '/callback?x=1', '/callback?tenant=2', '/callback?tenant=1&x=1', '/callback?TENANT=1',
  '/callback?code=x',
  '/callback?next=https://evil.example', '/callback?tenant=1#', '/callback#', '/callback#x', '/callback#@evil.example',
  '/callback%23', '/callback%3ftenant=1', '/callback ', '/callback\t', '/callback\n', '/callback\r\n',
  '/callback\u00a0',
  '/callback\u200b', '/callback\0', '/callback,https://evil.example', '/callback https://evil.example/',
].map((path) => `https://partner.example${path}`) // prettier-ignore

const hidden = [
  'https://evil.example/',
  'https://evil.example/?',
  'https://evil.example/#',
  'https://evil.example/..;/',
]
  .map((start) => `${start}${registered}`)
  .concat(encodeURIComponent(registered), encodeURIComponent(encodeURIComponent(registered)), `"${registered}"`)

/** Every one of them. */
export const corpus: readonly string[] = [...new Set([...schemes, ...hosts, ...paths, ...hidden])]

/** How others have compared addresses, each an open redirect (RFC 9700 §4.1). */
export const lenient: Readonly<Record<string, (asked: string) => boolean>> = Object.freeze({
  'the beginning alone': (asked) => asked.startsWith(registered),
  'the origin alone': (asked) => URL.parse(asked)?.origin === new URL(registered).origin,
  'what is left after parsing': (asked) => URL.parse(asked)?.href === registered,
  'small letters': (asked) => asked.toLowerCase() === registered,
  'the end of the host': (asked) => URL.parse(asked)?.hostname.endsWith('partner.example') ?? false,
})
