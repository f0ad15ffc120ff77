// Whatever stands in a letter is text: the HTML has our tags alone, and the text says the same.
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { plainName, writeLetter, type Letter } from './letter.ts'
import { createMail, oneLine } from './mail.ts'
import { payloads } from './test_payloads.ts'

const letterOf = (word: string): Letter => ({
  subject: `Hello ${word}`,
  parts: [
    { paragraph: `Dear ${word},` },
    { link: 'https://shop.example.com/auth/verify#token=x', label: word },
    { code: word },
  ],
  footer: `Shop ${word}`,
})

/** What a mail program makes elements of. */
const tagsOf = (html: string): string[] => html.match(/<[!?/a-z][^>]*>/gi)?.filter((tag) => tag !== '<br>') ?? []

describe('a letter', () => {
  const clean = tagsOf(writeLetter(letterOf('x')).html)

  test('has the tags of its layout whatever is put in, and every payload can be read in it', () => {
    for (const word of payloads) {
      const { html, text } = writeLetter(letterOf(word))

      deepEqual(tagsOf(html), clean, word)
      equal(text.includes(`Dear ${word},`), true)
    }
  })

  test('one that trusts its words would be found out', () => {
    const trusting = (word: string): string => writeLetter(letterOf('x')).html.replaceAll('x,', `${word},`)
    const found = payloads.filter((word) => tagsOf(trusting(word)).length !== clean.length)

    ok(found.length >= 15, `${found.length}`)
  })

  test('says the same as text and as HTML', () => {
    const { html, text } = writeLetter(letterOf('a & b'))

    for (const words of ['Dear a & b,', 'https://shop.example.com/auth/verify#token=x', 'Shop a & b']) {
      ok(text.includes(words), words)
      ok(html.includes(words.replaceAll('&', '&amp;')), words)
    }
  })

  test('links to pages of ours alone', () => {
    for (const link of [
      'javascript:alert(1)',
      'data:text/html,x',
      '/auth',
      '',
      'ftp://example.com',
      'mailto:a@example.com',
    ])
      throws(() => writeLetter({ ...letterOf('x'), parts: [{ link, label: 'x' }] }), /http address/)
    const quoted = writeLetter({ ...letterOf('x'), parts: [{ link: `https://e.com/"><b>'&`, label: 'x' }] })
    equal(tagsOf(quoted.html).includes('<b>'), false)
  })
})

describe('one line', () => {
  test('is one line, however it was written, and no longer than it may be', () => {
    for (const text of payloads) {
      const line = oneLine(text, 200)
      ok(!/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(line), JSON.stringify(line))
      ok(line.isWellFormed() && Array.from(line).length <= 200)
    }
    equal(oneLine('  a \r\n\t b  ', 9), 'a b')
    equal(oneLine('🌲🌲🌲🌲', 3), '🌲🌲…')
    equal(oneLine('🌲🌲🌲', 3), '🌲🌲🌲')
  })
})

describe('a name in a mail to another', () => {
  test('that a mail program would make a link of is left out', () => {
    for (const name of [
      'https://evil.example',
      'Click evil.example now',
      'WWW.evil',
      'evil．example',
      'me@evil.example',
      'HTTP://x',
      'ev\u00adil.example',
      'a . b',
      '',
      ' \n ',
    ])
      equal(plainName(name), undefined, name)
  })

  test('that is a name is kept, on one line, and cut', () => {
    deepEqual(['Alice Smith', 'Zoë O’Neill-Å', 'X\r\nY', '<b>A</b>', 'a'.repeat(100)].map(plainName), [
      'Alice Smith',
      'Zoë O’Neill-Å',
      'X Y',
      '<b>A</b>',
      `${'a'.repeat(63)}…`,
    ])
  })
})

test('a mail is frozen, and holds nothing that a mail cannot', () => {
  const mail = createMail({ id: 'm', to: 'a@example.com', subject: 'a\r\nb', text: 'a\0b\rc', html: '\ud800' })

  deepEqual(mail, { id: 'm', to: 'a@example.com', subject: 'a b', text: 'ab\nc', html: '\ufffd' })
  ok(Object.isFrozen(mail))
})
