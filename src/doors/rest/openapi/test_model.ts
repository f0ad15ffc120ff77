// What the tests of the contract share: a model with every kind of field and every feature that the contract shows.
import { problemKind } from '../../../base/pure/problem.ts'
import { action } from '../../../define/action.ts'
import { app } from '../../../define/app.ts'
import { compute, derive } from '../../../define/derive.ts'
import {
  boolean,
  choice,
  date,
  decimal,
  email,
  integer,
  items,
  json,
  money,
  ref,
  secret,
  slug,
  text,
  timestamp,
  url,
} from '../../../define/fields/index.ts'
import type { StandardSchema } from '../../../define/input.ts'
import { join, type Model } from '../../../define/model.ts'
import { resource } from '../../../define/resource.ts'
import { anyone, owner, role, signedIn, tenant } from '../../../define/rule.ts'

const staff = role('staff')
const organization = resource('organizations', { fields: { name: text() }, allow: {} })

const authors = resource('authors', {
  description: 'Who writes',
  fields: {
    name: text({ max: 80, description: 'As it stands on the cover.' }),
    mail: email({ optional: true, unique: true }),
    home: url({ optional: true }),
    password: secret({ optional: true }),
    hiddenNote: text({ private: true, optional: true }),
  },
  owner: 'id',
  allow: {
    list: [anyone],
    read: [anyone],
    create: [staff],
    update: [owner, staff],
    delete: [staff],
    fields: { mail: { read: [owner, staff], write: [owner] } },
  },
  sort: ['name', 'createdAt'],
  search: ['name'],
})

const books = resource('books', {
  fields: {
    author: ref(authors, { inverse: 'books' }),
    translator: ref(authors, { optional: true, onDelete: 'clear' }),
    sequel: ref('books', { optional: true, onDelete: 'clear' }),
    title: text({ min: 1, max: 200, ignoreCase: true }),
    isbn: text({ pattern: '[0-9]{13}', max: 13, example: '9783161484100', unique: true }),
    slug: slug(),
    pages: integer({ min: 1, max: 10_000 }),
    printed: integer({ wide: true, default: 0n }),
    rating: decimal({ scale: 1, min: '0', max: '5', default: '0.0' }),
    price: money('EUR', { min: '0.00' }),
    reduced: money('EUR', { min: '0.00', optional: true }),
    inPrint: boolean({ default: true }),
    form: choice(['novel', 'poem'], { optional: true }),
    published: date({ optional: true }),
    announcedAt: timestamp({ readonly: true, optional: true }),
    extra: json({ optional: true, maxBytes: 512 }),
    chapters: items(
      {
        name: text({ max: 80 }),
        pages: integer({ min: 1, max: 500 }),
        editor: ref(authors, { optional: true }),
        checked: boolean({ readonly: true }),
      },
      { max: 50 },
    ),
    worth: money('EUR', { derived: true }),
    label: text({ computed: true }),
    limit: integer({ min: 0, max: 9, optional: true, description: 'Named as a parameter of lists is.' }),
  },
  allow: { list: [anyone], read: [anyone], create: [staff], update: [staff], delete: [staff] },
  sort: ['title', 'price', ['inPrint', 'pages']],
  index: ['inPrint'],
  unique: [['author', 'slug']],
  requireMatch: true,
  problems: { create: [problemKind('not_ours', 409, 'Another house publishes this')] },
})

const booksDerive = derive(books, { worth: ({ data }) => data.price })
const booksCompute = compute(books, { label: ({ row }) => row.title })

const notes = resource('notes', {
  fields: {
    organization: ref(organization, { readonly: true }),
    writer: ref(authors, { readonly: true, optional: true, onDelete: 'clear' }),
    body: text({ max: 1_000 }),
  },
  owner: 'writer',
  tenant: 'organization',
  allow: { list: [tenant], read: [tenant], create: [signedIn], update: [owner] },
})

/** A schema that can say itself, as the libraries that implement the interface do. */
const said: StandardSchema<{ readonly to: string }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => ({ value: value as { readonly to: string } }), // nothing is validated in these tests
    jsonSchema: {
      input: () => ({
        type: 'object',
        properties: {
          to: { type: 'string', pattern: '^[a-z]+$' },
          tags: { type: 'array', items: { type: 'string', enum: ['a'] } },
        },
        required: ['to'],
        additionalProperties: false,
        examples: [{ to: 'somebody' }],
      }),
    },
  },
}
const unsaid: StandardSchema<unknown> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
}

const soldOut = problemKind('sold_out', 409, 'There is none left')
const sell = action(books, 'sell', {
  description: 'Sells one',
  allow: [signedIn],
  input: { copies: integer({ min: 1, max: 9 }), gift: boolean({ default: false }) },
  problems: [soldOut],
  run: async ({ row }) => row,
})
const send = action(books, 'send', { allow: [staff], input: said, output: 'nothing', run: async () => {} })
const dump = action(books, 'dump', {
  on: 'collection',
  allow: [staff],
  input: unsaid,
  output: 'nothing',
  run: async () => {},
})
const quote = action(books, 'price-quote', {
  on: 'collection',
  allow: [anyone],
  input: { copies: integer({ min: 1, max: 9 }) },
  output: { total: money('EUR'), lines: items({ text: text() }) },
  run: async () => ({ total: { amount: '1.00', currency: 'EUR' as const }, lines: [] }),
})
const write = action(notes, 'create', {
  on: 'collection',
  allow: [signedIn],
  input: { body: text({ max: 1_000 }) },
  run: async ({ input, tx }) => tx.create(notes, { ...input, organization: '' }), // never run
})
const open = action(notes, 'open', { allow: [tenant], run: async ({ row }) => row })

export const testParts = {
  organization,
  authors,
  books,
  booksDerive,
  booksCompute,
  notes,
  sell,
  send,
  dump,
  quote,
  write,
  open,
}
export const testApp = app('library', testParts, {
  title: 'Library',
  version: '2.1.0',
  description: 'Books and who writes them.',
})

/** The model of the library. */
export const testModel = (): Model => join(testApp)
