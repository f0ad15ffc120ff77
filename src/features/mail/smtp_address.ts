// The address of a mail server, SMTP_URL, and what it says of safety.

/** Where mails go. */
export interface SmtpAddress {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (`smtps:`). */
  readonly secure: boolean
  /** Refuse to speak without TLS. Off for this machine, and where `?insecure=true` says so. */
  readonly needsTls: boolean
  readonly login: { readonly user: string; readonly password: string } | undefined
}

const form = 'SMTP_URL must be smtp://name:password@host:587 or smtps://name:password@host:465'
const thisMachine = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Reads SMTP_URL. Fails with TypeError that names the rule and holds nothing of the address, which has a password. */
export function readSmtpUrl(text: string): SmtpAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^smtps?:$/.test(url.protocol) || url.hostname === '') throw new TypeError(form)
  if (!/^\/?$/.test(url.pathname) || url.hash !== '') throw new TypeError(`${form}, with nothing after the port`)
  // A mail library takes dozens of options from an address, among them one that believes any certificate.
  if (!/^(\?insecure=true)?$/.test(url.search)) throw new TypeError('SMTP_URL takes no option but ?insecure=true')
  if ((url.username === '') !== (url.password === '')) throw new TypeError('SMTP_URL has a name or a password alone')
  const secure = url.protocol === 'smtps:'
  return Object.freeze({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    needsTls: !secure && url.search === '' && !thisMachine.test(url.hostname),
    login:
      url.username === ''
        ? undefined
        : { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
  })
}
