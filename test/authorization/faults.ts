// Faults that the matrix must find: a rule left out where the app is served, a check skipped at one door.
import { role, signedIn } from 'plinth'
import type { App } from '../../src/define/app.ts'
import { app } from '../../src/define/app.ts'
import type { AnyResource } from '../../src/define/resource.ts'
import bureau, { dossiers, letters, papers, people } from './app.ts'
import type { Cell } from './cell.ts'
import type { Send } from './matrix.ts'
import { south } from './people.ts'
import type { Scene } from './scene.ts'

export interface Fault {
  readonly title: string
  /** The app as it is served by mistake; the policy stays the declared one. */
  readonly served?: App
  /** The door with a hole. */
  readonly send?: (scene: Scene) => Send
  /** Is it tried on both engines: the rules of rows are kept in another way on each. */
  readonly onBoth?: true
  /** The cells that are asked. */
  readonly among: (cell: Cell) => boolean
}

type Spec = AnyResource['spec']

/** The app with one resource changed. */
function served(noun: AnyResource, change: (spec: Spec) => Spec): App {
  const changed = Object.freeze({ ...noun, spec: Object.freeze(change(noun.spec)) })
  const parts = Object.entries(bureau.parts).map(([name, part]) => [name, part === noun ? changed : part])
  return app('bureau', Object.fromEntries(parts))
}

const allowing = (noun: AnyResource, more: Spec['allow']): App =>
  served(noun, (spec) => ({ ...spec, allow: { ...spec.allow, ...more } }))

/** Without the rules of one field. */
export const withoutRules = (noun: AnyResource, field: string, half: 'read' | 'write'): App =>
  served(noun, (spec) => {
    const { [half]: _gone, ...rest } = spec.allow.fields?.[field] ?? {}
    return { ...spec, allow: { ...spec.allow, fields: { ...spec.allow.fields, [field]: rest } } }
  })

const asked = (methods: string, part: RegExp) => {
  return ({ ask: { method, url, body } }: Cell): boolean =>
    methods.split(' ').includes(method ?? '') && part.test(`${url} ${JSON.stringify(body ?? '')}`)
}

/** Some cells are asked as somebody who may do everything there. */
const believing =
  (isFooled: (cell: Parameters<Send>[0]) => boolean) =>
  (scene: Scene): Send =>
  (asking) => {
    const mighty = scene.people.find(({ roles }) => roles.includes('staff') && roles.includes('clerk'))!
    return scene.send(isFooled(asking) ? { ...asking, person: mighty } : asking)
  }

/** A refusal that does what it refuses. */
const doingItAnyway =
  (scene: Scene): Send =>
  async (asking) => {
    const said = await scene.send(asking)
    if (said.status === 403) await believing(() => true)(scene)(asking)
    return said
  }

export const faults: readonly Fault[] = [
  {
    title: 'a condition left out of a rule for changes',
    onBoth: true,
    served: allowing(dossiers, { update: [signedIn] }),
    among: asked('PATCH', /dossiers/),
  },
  {
    title: 'a role too many in a list',
    served: allowing(letters, { list: [role('staff'), role('clerk')] }),
    among: asked('GET', /letters/),
  },
  {
    title: 'a rule of reading left out, seen by an expansion',
    served: allowing(people, { read: [signedIn] }),
    among: asked('GET', /expand=/),
  },
  {
    title: 'a field that everybody sees',
    served: withoutRules(dossiers, 'cost', 'read'),
    among: asked('GET', /dossiers/),
  },
  {
    title: 'items that everybody sees',
    served: withoutRules(dossiers, 'lines', 'read'),
    among: asked('GET', /dossiers/),
  },
  {
    title: 'a field that everybody sets',
    served: withoutRules(dossiers, 'cost', 'write'),
    among: asked('PATCH PUT', /dossiers.*cost/),
  },
  {
    title: 'a hidden field that is searched',
    served: withoutRules(papers, 'margin', 'read'),
    among: asked('GET', /papers.*q=/),
  },
  {
    title: 'a tenant left out',
    onBoth: true,
    // Everybody acts for the organization whose rows they are, as where the tenant is no part of the statement.
    send: (scene) => (asking) => scene.send({ ...asking, person: { ...asking.person, tenant: south } }),
    among: asked('GET', /papers/),
  },
  {
    title: 'a batch that forgets who calls',
    onBoth: true,
    send: believing(({ ask }) => ask.url === '/api/v1/batch'),
    among: asked('POST', /batch/),
  },
  { title: 'a HEAD that asks no rule', send: believing(({ ask }) => ask.method === 'HEAD'), among: asked('HEAD', /./) },
  {
    title: 'a header that says who calls',
    send: believing(({ ask }) => ask.headers?.['x-user-id'] !== undefined),
    among: ({ ask }) => ask.headers?.['x-user-id'] !== undefined,
  },
  {
    title: 'a count of every row',
    send: (scene) => async (asking) => {
      const [said, whole] = [await scene.send(asking), await believing(() => true)(scene)(asking)]
      return { ...said, json: { ...said.json, count: whole.json['count'] } }
    },
    among: asked('GET', /count=exact/),
  },
  { title: 'a refusal that does what it refuses', send: doingItAnyway, among: asked('PATCH PUT POST', /./) },
]
