// Single fields with rules of their own: no way of asking tells one to whom it is hidden, or sets it for them.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { app, exists, items, money, owner, ref, resource, role, signedIn, text } from 'plinth'
import { join } from '../../src/define/model.ts'
import { openSurface, type Surface, tokenOf } from './test_server.ts'

const staff = role('staff')
const clerk = role('clerk')

const people = resource('people', {
  fields: { name: text({ max: 40, default: 'New' }) },
  owner: 'id',
  allow: { read: [signedIn] },
})

const files = resource('files', {
  fields: {
    writer: ref(people, { readonly: true }),
    judge: ref(people, { optional: true, inverse: 'judged' }),
    title: text({ max: 40 }),
    remark: text({ max: 40, optional: true }),
    fee: money('EUR', { optional: true }),
    verdict: text({ max: 40, optional: true }),
    lines: items({ remark: text({ max: 40 }) }, { max: 3, default: [] }),
  },
  owner: 'writer',
  allow: {
    list: [signedIn],
    read: [signedIn],
    history: [signedIn],
    create: [signedIn],
    update: [signedIn],
    fields: {
      judge: { read: [staff] },
      remark: { read: [staff], write: [staff] },
      fee: { read: [staff], write: [staff] },
      verdict: { write: [owner] },
      lines: { read: [owner], write: [staff, owner] },
    },
  },
  search: ['title', 'remark'],
})

const letters = resource('letters', {
  fields: { body: text({ max: 40 }), stamp: text({ max: 40, optional: true }) },
  allow: { read: [staff], create: [staff], update: [clerk], history: [clerk] },
})

const office = app('office', { people, files, letters }, { profile: { of: people, make: () => ({}) } })

const ann = '01900000-0000-7000-8000-00000000000a'
const bob = '01900000-0000-7000-8000-00000000000b'
const asAnn = tokenOf('member', ann)
const asBob = tokenOf('member', bob)
const asStaff = tokenOf('staff', '01900000-0000-7000-8000-0000000000fe')
const asClerk = tokenOf('clerk', '01900000-0000-7000-8000-0000000000ff')

for (const engine of ['sqlite', 'postgres'] as const) {
  void describe(`rules of fields on ${engine}`, () => {
    const scene: { surface?: Surface; skip?: string } = {}
    before(async () => {
      const opened = await openSurface(office, engine)
      if ('skip' in opened) scene.skip = opened.skip
      else scene.surface = opened
    })
    after(() => scene.surface?.close())
    const it = (title: string, run: (surface: Surface) => Promise<void>): void => {
      void test(title, async (t) => (scene.surface === undefined ? t.skip(scene.skip) : run(scene.surface)))
    }
    /** A file of Ann's that staff filled in. */
    const fill = async ({ ask }: Surface, values: object): Promise<string> => {
      for (const as of [asAnn, asBob]) await ask({ url: `/api/v1/people/${ann}`, as })
      const made = await ask({ url: '/api/v1/files', as: asAnn, body: { title: 'File' } })
      const url = `/api/v1/files/${String(made.json['id'])}`
      const filled = await ask({ method: 'PATCH', url, as: asStaff, body: values })
      assert.equal(filled.status, 200, filled.text)
      return url
    }

    it('words of a hidden field are not searched, and who sees it searches', async (surface) => {
      await fill(surface, { remark: 'peculiar' })
      const found = async (as: string) => (await surface.ask({ url: '/api/v1/files?q=peculiar', as })).status

      assert.deepEqual([await found(asBob), await found(asStaff)], [400, 200])
    })

    it('a list by a hidden reference is not there', async (surface) => {
      await fill(surface, { judge: bob })
      const url = `/api/v1/people/${bob}/judged`
      const [hidden, seen] = [await surface.ask({ url, as: asBob }), await surface.ask({ url, as: asStaff })]

      assert.deepEqual([hidden.status, seen.status, seen.json.data.length], [404, 200, 1])
    })

    it('items are shown and set by their rules, whatever their parts are called', async (surface) => {
      const lines = [{ remark: 'mine' }]
      const url = await fill(surface, { lines })
      const seen = async (as: string) => (await surface.ask({ url, as })).json['lines']
      const told = async (as: string) =>
        (await surface.ask({ url: `${url}/history`, as })).text.includes('"lines":[{"remark":"mine"}]')

      assert.deepEqual([await seen(asAnn), await seen(asBob), await seen(asStaff)], [lines, undefined, undefined])
      assert.deepEqual([await told(asAnn), await told(asBob)], [true, false])
      const set = async (as: string) => (await surface.ask({ method: 'PATCH', url, as, body: { lines: [] } })).status
      assert.deepEqual([await set(asBob), await set(asAnn)], [403, 200])
    })

    it('a whole body neither empties what its sender may not set, nor is refused what they may', async (surface) => {
      const url = await fill(surface, { remark: 'kept', fee: { amount: '5.00', currency: 'EUR' } })
      const put = async (as: string, body: object) => (await surface.ask({ method: 'PUT', url, as, body })).status

      assert.equal(await put(asBob, { title: 'Other' }), 200)
      assert.equal(await put(asAnn, { title: 'Other', verdict: 'good' }), 200)
      assert.equal(await put(asBob, { title: 'Other', verdict: 'bad' }), 403)
      assert.equal(await put(asBob, { title: 'Other' }), 200)
      const { remark, fee, verdict } = (await surface.ask({ url, as: asStaff })).json
      assert.deepEqual([remark, fee, verdict], ['kept', { amount: '5.00', currency: 'EUR' }, 'good'])
    })

    it('a patch of hidden money does not tell whether there is any', async (surface) => {
      const answers = []
      for (const fee of [null, { amount: '5.00', currency: 'EUR' }]) {
        const url = await fill(surface, { fee })
        const { status, json } = await surface.ask({
          method: 'PATCH',
          url,
          as: asBob,
          body: { fee: { amount: '6.00' } },
        })
        answers.push([status, json['detail'], json.errors])
      }

      assert.equal(answers[0]![0], 403)
      assert.deepEqual(answers[0], answers[1])
    })

    it('who changes rows and reads none is shown none, and may see their history', async ({ ask }) => {
      const made = await ask({ url: '/api/v1/letters', as: asStaff, body: { body: 'Dear' } })
      const url = `/api/v1/letters/${String(made.json['id'])}`

      const stamped = await ask({ method: 'PATCH', url, as: asClerk, body: { stamp: 'in' } })
      const history = await ask({ url: `${url}/history`, as: asClerk })

      assert.deepEqual([stamped.status, stamped.text], [204, ''])
      assert.equal((await ask({ url, as: asStaff })).json['stamp'], 'in')
      assert.deepEqual([history.status, history.json.data?.length], [200, 2])
    })
  })
}

test('rules of a field that look at other rows, and private fields that are searched, stop the start', () => {
  const looking = resource('files', {
    fields: { title: text({ max: 40 }) },
    allow: { fields: { title: { read: [() => exists(people, (one) => one.name.is('x'))] } } },
  })
  const telling = resource('files', {
    fields: { title: text({ max: 40, private: true }) },
    allow: {},
    search: ['title'],
  })

  assert.throws(() => join(app('a', { people, looking })), /sees its own row only/)
  assert.throws(() => join(app('a', { telling })), /files\.search: "title" is private/)
})
