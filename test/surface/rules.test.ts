// Rules where they meet the rows: what a refusal tells, and what references show, on both engines.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { all, app, choice, exists, ref, resource, role, signedIn, tenant, text } from 'plinth'
import { join } from '../../src/define/model.ts'
import { openSurface, type Surface, tokenOf } from './test_server.ts'

const clerk = role('clerk')

const organizations = resource('organizations', {
  fields: { name: text({ max: 40 }) },
  allow: { create: [clerk], read: [signedIn] },
})

const people = resource('people', {
  fields: { name: text({ max: 40, default: 'New' }) },
  owner: 'id',
  allow: { read: [signedIn] },
})

const desks = resource('desks', {
  fields: { organization: ref(organizations, { readonly: true }), label: text({ max: 40 }) },
  tenant: 'organization',
  allow: { list: [signedIn], read: [signedIn], create: [signedIn], update: [tenant] },
})

const keysOfDesks = resource('keys', {
  fields: { desk: ref(desks, { optional: true }), code: text({ max: 40 }) },
  allow: { list: [signedIn], read: [signedIn], create: [clerk] },
})

const permits = resource('permits', {
  fields: { holder: ref(people), kind: text({ max: 20 }) },
  allow: { create: [clerk] },
})

const notices = resource('notices', {
  fields: { code: text({ max: 20, unique: true }), state: choice(['open', 'shut']), kind: text({ max: 20 }) },
  allow: {
    read: [signedIn],
    create: [
      ({ row, me }) =>
        all(
          row.state.is('open'),
          exists(permits, (permit) => all(permit.holder.is(me.id), permit.kind.is(row.kind))),
        ),
    ],
    update: [({ row }) => row.state.is('open')],
  },
})

const offices = app(
  'offices',
  { organizations, people, desks, keysOfDesks, permits, notices },
  { profile: { of: people, make: () => ({}) } },
)

const rooms = resource('rooms', {
  fields: { organization: ref(organizations) },
  tenant: 'organization',
  allow: { create: [signedIn] },
})
const unguarded = app('rooms', { organizations, rooms })

const ann = '01900000-0000-7000-8000-00000000000a'
const asAnn = tokenOf('member', ann)
const asClerk = tokenOf('clerk', '01900000-0000-7000-8000-0000000000ff')

for (const engine of ['sqlite', 'postgres'] as const) {
  void describe(`rules on ${engine}`, () => {
    const scene: { surface?: Surface; skip?: string } = {}
    before(async () => {
      const opened = await openSurface(offices, engine)
      if ('skip' in opened) scene.skip = opened.skip
      else scene.surface = opened
    })
    after(() => scene.surface?.close())
    const it = (title: string, run: (surface: Surface) => Promise<void>): void => {
      void test(title, async (t) => (scene.surface === undefined ? t.skip(scene.skip) : run(scene.surface)))
    }
    const make = async ({ ask }: Surface, noun: string, body: object, as = asClerk): Promise<string> => {
      const said = await ask({ url: `/api/v1/${noun}`, as, body })
      assert.equal(said.status, 201, said.text)
      return String(said.json['id'])
    }

    it('who may not write a row does not learn which values are taken', async (surface) => {
      const { ask } = surface
      const url = '/api/v1/notices'
      assert.equal((await ask({ url: `/api/v1/people/${ann}`, as: asAnn })).status, 200)
      await make(surface, 'permits', { holder: ann, kind: 'fire' })
      await make(surface, 'notices', { code: 'N1', state: 'open', kind: 'fire' }, asAnn)
      const free = await make(surface, 'notices', { code: 'N2', state: 'open', kind: 'fire' }, asAnn)

      const may = await ask({ url, as: asAnn, body: { code: 'N1', state: 'open', kind: 'fire' } })
      const shut = await ask({ url, as: asAnn, body: { code: 'N1', state: 'shut', kind: 'fire' } })
      const other = await ask({ url, as: asAnn, body: { code: 'N1', state: 'open', kind: 'flood' } })
      const moved = await ask({
        method: 'PATCH',
        url: `${url}/${free}`,
        as: asAnn,
        body: { code: 'N1', state: 'shut' },
      })

      assert.deepEqual(
        [may, shut, other, moved].map(({ status }) => status),
        [409, 403, 403, 403],
      )
    })

    it('a reference to a row of another tenant shows its id alone', async (surface) => {
      const [here, there] = [
        await make(surface, 'organizations', { name: 'Here' }),
        await make(surface, 'organizations', { name: 'There' }),
      ]
      const [asHere, asThere] = [tokenOf('clerk', ann, here), tokenOf('clerk', ann, there)]
      const desk = await make(surface, 'desks', { label: 'Theirs' }, asThere)
      const key = await make(surface, 'keys', { desk, code: 'K1' }, asThere)

      const seen = async (as: string): Promise<unknown> =>
        (await surface.ask({ url: `/api/v1/keys/${key}?expand=desk`, as })).json['desk']

      assert.deepEqual(await seen(asHere), { id: desk })
      assert.equal(Reflect.get(Object(await seen(asThere)), 'label'), 'Theirs')
      const named = await surface.ask({ url: '/api/v1/keys', as: asHere, body: { desk, code: 'K2' } })
      assert.equal(named.status, 422)
    })

    it('a client cannot put a row into another tenant', async (surface) => {
      const [here, there] = [
        await make(surface, 'organizations', { name: 'Here 2' }),
        await make(surface, 'organizations', { name: 'There 2' }),
      ]
      const as = tokenOf('clerk', ann, here)
      const url = '/api/v1/desks'
      const own = await make(surface, 'desks', { label: 'x' }, as)

      const made = await surface.ask({ url, as, body: { label: 'x', organization: there } })
      const moved = await surface.ask({ method: 'PATCH', url: `${url}/${own}`, as, body: { organization: there } })

      assert.deepEqual([made.status, made.json.errors[0]?.code], [422, 'readonly'])
      assert.deepEqual([moved.status, moved.json.errors[0]?.code], [422, 'readonly'])
      assert.throws(() => join(unguarded), /declare "organization" readonly/)
    })
  })
}
