// The table of remembered answers: found by the hash of a key, sealed with the key itself.
import { secret } from '../../define/fields/secret.ts'
import { text } from '../../define/fields/text.ts'
import { resource } from '../../define/resource.ts'

/** Base64url of SHA-256. */
const hashChars = 43

export const answers = resource('plinth_answers', {
  fields: {
    hash: text({ min: hashChars, max: hashChars, unique: true }),
    /** Who asked, so that erasure finds what it must take away; null where nobody was signed in. */
    subject: text({ max: 100, optional: true }),
    /** What was asked (its fingerprint) and answered. Of any length: the field's own bounds are those of an input. */
    sealed: secret(),
  },
  allow: {},
  audit: false,
  index: ['subject'],
})
