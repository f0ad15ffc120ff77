// Mails arrive whole at a real server, and whatever they hold, the conversation has our commands alone.
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { createMail, MailFailure, oneLine, type Mail } from './mail.ts'
import { createMailSender, type MailSender } from './sender.ts'
import { payloads } from './test_payloads.ts'
import { commandsOf, startSmtp, type TestSmtp } from './test_smtp.ts'

const from = { name: 'Shop', address: 'shop@example.com' }
const mailOf = (over: Partial<Mail> = {}): Mail =>
  createMail({ id: 'm1', to: 'alice@example.org', subject: 'Hello', text: 'Hi\n', html: '<p>Hi</p>\n', ...over })

const ours = /^(EHLO \S+|MAIL FROM:<shop@example\.com>( SIZE=\d+)?|RCPT TO:<alice@example\.org>|DATA|QUIT|RSET|NOOP)$/

describe('sending', () => {
  let smtp: TestSmtp
  let sender: MailSender

  before(async () => {
    smtp = await startSmtp()
    sender = await createMailSender({ url: smtp.url(), from })
  })
  after(async () => {
    sender.close()
    await smtp.stop()
  })
  const arrive = async (mail: Mail) => {
    await sender.send(mail)
    const last = smtp.received.at(-1)
    ok(last)
    return last
  }

  test('a mail arrives as it was written, in both forms', async () => {
    const text = 'Grüße\n\n.\n..\nFrom here on\n'
    const {
      parsed,
      from: sent,
      to,
    } = await arrive(mailOf({ subject: 'Grüße aus Köln 🌊', text, html: '<p>Grüße</p>\n' }))

    deepEqual([sent, to], ['shop@example.com', ['alice@example.org']])
    deepEqual([parsed.from?.name, parsed.from?.address], ['Shop', 'shop@example.com'])
    deepEqual(
      parsed.to?.map(({ address }) => address),
      ['alice@example.org'],
    )
    equal(parsed.subject, 'Grüße aus Köln 🌊')
    deepEqual([parsed.text?.trimEnd(), parsed.html?.trimEnd()], [text.trimEnd(), '<p>Grüße</p>'])
    equal(parsed.messageId, '<m1@example.com>')
    equal(parsed.headers.find(({ key }) => key === 'auto-submitted')?.value, 'auto-generated')
  })

  test('no subject makes a header, a recipient or a command', async () => {
    const clean = (await arrive(mailOf())).parsed.headers.map(({ key }) => key)
    for (const subject of payloads) {
      const { parsed, to } = await arrive(mailOf({ subject }))

      deepEqual(
        parsed.headers.map(({ key }) => key),
        clean,
        subject,
      )
      deepEqual([to, parsed.cc ?? [], parsed.bcc ?? []], [['alice@example.org'], [], []])
      equal(parsed.subject ?? '', oneLine(subject, 200).normalize(), JSON.stringify(subject.slice(0, 60)))
      equal(parsed.html?.trimEnd(), '<p>Hi</p>')
    }
  })

  test('no text and no HTML ends the mail or makes another', async () => {
    for (const text of payloads) {
      const before = smtp.received.length
      const { parsed } = await arrive(mailOf({ text, html: text }))

      equal(smtp.received.length, before + 1, text)
      const kept = text.toWellFormed().replace(/\r\n?/g, '\n').replaceAll('\0', '')
      equal((parsed.text ?? '').replaceAll('\r\n', '\n').trimEnd(), kept.trimEnd(), JSON.stringify(text.slice(0, 60)))
      equal(parsed.attachments.length, 0)
    }
  })

  test('a name of the sender is a name, whatever it holds', async () => {
    // A connection each, which the server greets after a tenth of a second; so every fifth will do.
    for (const name of payloads.filter((_, at) => at % 5 === 4)) {
      const other = await createMailSender({ url: smtp.url(), from: { ...from, name } })
      await other.send(mailOf())
      other.close()
      const { parsed, from: sent } = smtp.received.at(-1)!

      equal(sent, 'shop@example.com')
      equal(parsed.from?.address, 'shop@example.com', name)
      deepEqual(
        parsed.to?.map(({ address }) => address),
        ['alice@example.org'],
      )
    }
  })

  test('an id is a Message-ID, whatever it holds', async () => {
    for (const id of payloads) {
      const { parsed } = await arrive({ ...mailOf(), id })
      match(parsed.messageId ?? '', /^<[\w-]*@example\.com>$/)
    }
  })

  test('no recipient but one plain address is taken', async () => {
    const before = smtp.received.length
    for (const to of [
      ...payloads,
      '',
      'alice',
      'alice@example.org\n',
      'alice@example.org,bob@example.org',
      '<alice@example.org>',
      'Alice <alice@example.org>',
      '"a b"@example.org',
      '"x@evil.example"@example.org',
      'alice@example.org>',
      'alice@exämple.org',
      'alice@example.org SIZE=1',
      'alice@[127.0.0.1]',
      '@example.org:alice@example.org',
      'undisclosed:;',
    ]) {
      await rejects(async () => sender.send({ ...mailOf(), to }), TypeError, to)
      await rejects(async () => createMail({ ...mailOf(), to }), TypeError, to)
    }
    equal(smtp.received.length, before)
  })

  test('of all that was sent the conversations have our commands and no other', () => {
    const commands = smtp.said().flatMap(commandsOf)

    ok(commands.filter((line) => line === 'DATA').length > 3 * payloads.length)
    deepEqual(
      commands.filter((line) => !ours.test(line)),
      [],
    )
  })

  test('a client that trusts its subject would be found out', async () => {
    const [host, port] = smtp.url().slice(7).split(':')
    const socket = connect(Number(port), host)
    const subject = 'name\r\nBcc: victim@example.com\r\n\r\n.\r\nMAIL FROM:<evil@example.com>'
    const steps = [
      'EHLO x',
      'MAIL FROM:<shop@example.com>',
      'RCPT TO:<alice@example.org>',
      'DATA',
      `Subject: ${subject}\r\n\r\nHi\r\n.`,
    ]
    await once(socket, 'data')
    for (const step of steps) {
      socket.write(`${step}\r\n`)
      await once(socket, 'data')
    }
    socket.destroy()
    const talk = smtp.said().find((one) => one.startsWith('EHLO x')) ?? ''

    ok(commandsOf(talk).some((line) => !ours.test(line)))
    ok(smtp.received.at(-1)?.parsed.headers.some(({ key }) => key === 'bcc'))
  })
})

describe('a mail server that does not take a mail', () => {
  const refusing = async (code: number, options: Parameters<typeof startSmtp>[0] = {}) => {
    const refuse = Object.assign(new Error('not now'), { responseCode: code })
    const smtp = await startSmtp({ onRcptTo: (_address, _session, done) => done(refuse), ...options })
    const sender = await createMailSender({ url: smtp.url(), from })
    const failure = await failureOf(sender.send(mailOf()))
    sender.close()
    await smtp.stop()
    return failure
  }

  test('says 450: it may be tried again', async () => {
    const failure = await refusing(450)

    equal(failure.permanent, false)
    match(failure.message, /450 not now/)
  })

  test('says 550: it never will be taken', async () => {
    equal((await refusing(550)).permanent, true)
  })

  test('is not there: it may be tried again', async () => {
    const sender = await createMailSender({ url: 'smtp://127.0.0.1:1', from })
    const failure = await failureOf(sender.send(mailOf()))
    sender.close()

    deepEqual([failure.permanent, /ECONNREFUSED|ESOCKET|ECONNECTION/.test(failure.message)], [false, true])
  })

  test('knows no such login: it may be tried again, and nothing tells the password', async () => {
    const smtp = await startSmtp({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => done(new Error(`no ${username} with ${password}`)),
    })
    const sender = await createMailSender({ url: smtp.url('shop:hush-hush@'), from })
    const failure = await failureOf(sender.send(mailOf()))
    sender.close()
    await smtp.stop()

    equal(failure.permanent, false)
    equal(failure.message, 'The mail server refused the login of SMTP_URL.')
    equal(JSON.stringify(failure).includes('hush'), false)
  })

  for (const [title, greeting, timeouts] of [
    ['says nothing', '', { connectMs: 60_000, greetingMs: 200, socketMs: 60_000 }],
    ['stops after its greeting', '220 hello\r\n', { connectMs: 60_000, greetingMs: 60_000, socketMs: 200 }],
  ] as const)
    test(`${title}: the sender does not wait for ever`, async () => {
      const silent = createServer((socket: Socket) => void socket.on('error', () => socket.destroy()).write(greeting))
      silent.listen(0, '127.0.0.1')
      await once(silent, 'listening')
      const address = silent.address()
      const port = typeof address === 'object' ? address?.port : undefined
      const sender = await createMailSender({ url: `smtp://127.0.0.1:${port}`, from, timeouts })
      const began = performance.now()
      const failure = await failureOf(sender.send(mailOf()))
      sender.close()
      silent.close()

      equal(failure.permanent, false)
      ok(performance.now() - began < 5_000)
    })

  test('hangs up at once: who asked for the mail decides whether to try again', async () => {
    let asked = 0
    const curt = createServer((socket: Socket) => {
      asked++
      socket.destroy()
    })
    curt.listen(0, '127.0.0.1')
    await once(curt, 'listening')
    const address = curt.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const sender = await createMailSender({ url: `smtp://127.0.0.1:${port}`, from })
    const failure = await failureOf(sender.send(mailOf()))
    sender.close()
    curt.close()

    deepEqual([asked, failure.permanent], [1, false])
  })

  test('hangs up after the mail: it is not sent a second time in silence', async () => {
    let asked = 0
    const smtp = await startSmtp({
      onData(stream) {
        asked++
        stream.resume()
        stream.on('end', () => smtp.hangUp())
      },
    })
    const sender = await createMailSender({ url: smtp.url(), from })
    const failure = await failureOf(sender.send(mailOf()))
    sender.close()
    await smtp.stop()

    deepEqual([asked, failure.permanent], [1, false])
  })
})

describe('a mail server elsewhere', () => {
  // 0.0.0.0 leads to this machine, and is none of the names this machine is trusted by.
  const elsewhere = (url: string): string => url.replace('127.0.0.1', '0.0.0.0')

  test('without TLS gets no mail, and no login', async () => {
    const smtp = await startSmtp({ authOptional: false, allowInsecureAuth: true })
    const sender = await createMailSender({ url: elsewhere(smtp.url('shop:hush@')), from })
    const failure = await failureOf(sender.send(mailOf()))
    sender.close()
    const said = smtp.said().join()
    await smtp.stop()

    equal(failure.permanent, false)
    equal(smtp.received.length, 0)
    equal(/AUTH|MAIL FROM|hush|aHVzaA/.test(said), false, said)
  })

  test('gets them where the address says that this is meant', async () => {
    const smtp = await startSmtp()
    const sender = await createMailSender({ url: `${elsewhere(smtp.url())}?insecure=true`, from })
    await sender.send(mailOf())
    sender.close()
    await smtp.stop()

    equal(smtp.received.length, 1)
  })

  test('with a certificate nobody vouches for gets no mail', async () => {
    const smtp = await startSmtp({ disabledCommands: [] })
    const sender = await createMailSender({ url: elsewhere(smtp.url()), from })
    const failure = await failureOf(sender.send(mailOf()))
    sender.close()
    await smtp.stop()

    equal(failure.permanent, false)
    equal(smtp.received.length, 0)
  })
})

test('an application without the package is told what to install', () => {
  const script = `
    import { registerHooks } from 'node:module'
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier === 'nodemailer') throw Object.assign(new Error('none'), { code: 'ERR_MODULE_NOT_FOUND' })
        return next(specifier, context)
      },
    })
    const { createMailSender } = await import(${JSON.stringify(import.meta.resolve('./index.ts'))})
    const making = createMailSender({ url: 'smtp://127.0.0.1:1', from: { name: 'a', address: 'a@example.com' } })
    await making.catch((error) => process.stdout.write(error.message))
  `
  const { stdout } = spawnSync(process.execPath, ['--conditions=source', '--input-type=module', '-e', script])

  equal(String(stdout), 'SMTP_URL needs the package "nodemailer": npm install nodemailer')
})

async function failureOf(sending: Promise<void>): Promise<MailFailure> {
  const failure: unknown = await sending.then(
    () => undefined,
    (error: unknown) => error,
  )
  ok(failure instanceof MailFailure, String(failure))
  return failure
}
