// Sends mails by SMTP.
import type * as nodemailer from 'nodemailer'
import { mailLimits } from '../../base/limits.ts'
import { oneLine, MailFailure, type Mail, type SendMail } from './mail.ts'
import { isAddress } from '../../define/fields/email.ts'
import { readSmtpUrl, type SmtpAddress } from './smtp_address.ts'

export interface MailSender {
  readonly send: SendMail
  /** Ends the connections. Mails on their way fail, and are for whoever asked to try again. */
  readonly close: () => void
}

export interface SenderOptions {
  /** SMTP_URL. */
  readonly url: string
  /** Whose mails they are: a name for people, and an address the mail server may send for. */
  readonly from: { readonly name: string; readonly address: string }
  /** Defaults: 10 s to connect, 10 s for the greeting, 30 s of silence. */
  readonly timeouts?: { readonly connectMs: number; readonly greetingMs: number; readonly socketMs: number }
}

type Transport = ReturnType<typeof connect>

/**
 * Makes a sender. It connects with the first mail. Fails with TypeError for a bad address, and with Error that says
 * what to install where `nodemailer` is missing.
 */
export async function createMailSender({ url, from, timeouts = mailLimits }: SenderOptions): Promise<MailSender> {
  const address = readSmtpUrl(url)
  if (!isAddress(from.address)) throw new TypeError('mails come from one address, written as name@example.com')
  const sender = { name: oneLine(from.name, mailLimits.nameChars), address: from.address }
  const transport = connect(await loadPackage(), address, timeouts)
  return Object.freeze({
    send: (mail: Mail) => deliver(transport, sender, mail),
    close: () => transport.close(),
  })
}

async function loadPackage(): Promise<Pick<typeof nodemailer, 'createTransport'>> {
  try {
    return await import('nodemailer')
  } catch (cause) {
    throw new Error('SMTP_URL needs the package "nodemailer": npm install nodemailer', { cause })
  }
}

function connect(
  { createTransport }: Pick<typeof nodemailer, 'createTransport'>,
  { host, port, secure, needsTls, login }: SmtpAddress,
  limits: Required<SenderOptions>['timeouts'],
) {
  return createTransport({
    pool: true,
    host,
    port,
    secure,
    requireTLS: needsTls,
    ...(login && { auth: { user: login.user, pass: login.password } }),
    maxConnections: mailLimits.connections,
    // A mail whose connection broke may have arrived; whether it goes again is decided by who asked for it.
    maxRequeues: 0,
    connectionTimeout: limits.connectMs,
    dnsTimeout: limits.connectMs,
    greetingTimeout: limits.greetingMs,
    socketTimeout: limits.socketMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    tls: { minVersion: 'TLSv1.2' },
  })
}

async function deliver(transport: Transport, from: SenderOptions['from'], mail: Mail): Promise<void> {
  const { id, to, subject, text, html } = mail
  if (!isAddress(to)) throw new TypeError('a mail has one recipient, written as name@example.com')
  try {
    await transport.sendMail({
      from,
      to: { name: '', address: to },
      // Said apart from the header, so that no reading of the header can add a recipient.
      envelope: { from: from.address, to: [to] },
      subject: oneLine(subject, mailLimits.subjectChars),
      text,
      html,
      messageId: `<${id.replace(/[^\w-]/g, '')}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
  } catch (error) {
    throw failureOf(error)
  }
}

/** What a failure means for another try. Of a refused login nothing is told but that: the answer may quote it. */
function failureOf(error: unknown): MailFailure {
  const [code, status, response] = ['code', 'responseCode', 'response'].map((name) => memberOf(error, name))
  if (code === 'EAUTH') return new MailFailure('The mail server refused the login of SMTP_URL.', false)
  // 5yz of a sender, a recipient or a text stays so however often it is tried (RFC 5321 §4.2.1); all else may pass.
  const isOfMail = code === 'EENVELOPE' || code === 'EMESSAGE'
  const said = [response, code].find((one) => typeof one === 'string') ?? 'no reason was given'
  const message = `The mail server did not take the mail: ${oneLine(said, mailLimits.subjectChars)}`
  return new MailFailure(message, isOfMail && typeof status === 'number' && status >= 500)
}

const memberOf = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
