// Leaks that others had, seeded: each must make two states tell themselves apart.
import type { Said } from '../surface/test_server.ts'
import { withoutRules } from './faults.ts'
import { dossiers, papers } from './app.ts'
import type { Leak } from './interference.ts'
import { counts, readings } from './queries.ts'
import type { Asking, Scene } from './scene.ts'

/** The same question as somebody who sees more. */
function asMighty(scene: Scene, asking: Asking): Promise<Said> {
  const person = scene.people.find(({ roles }) => roles.includes('staff') && roles.includes('clerk'))!
  return scene.send({ ...asking, person: { ...person, tenant: asking.person.tenant } })
}

const without =
  (pattern: RegExp) =>
  (said: Said): Said => ({ ...said, text: said.text.replaceAll(pattern, '') })

export const leaks: readonly Leak[] = [
  {
    title: 'a filter, a sort and a list of fields by what is not shown',
    served: withoutRules(dossiers, 'cost', 'read'),
    answer: without(/"cost":(null|\{[^}]*\}),?/g),
  },
  {
    title: 'a list by a reference that is not shown',
    served: withoutRules(dossiers, 'reviewer', 'read'),
    answer: without(/"reviewer":(null|"[^"]*"|\{[^}]*\}),?/g),
  },
  {
    title: 'a search over words that are not shown',
    served: withoutRules(papers, 'margin', 'read'),
    answer: without(/"margin":(null|"[^"]*"),?/g),
  },
  {
    title: 'a count before the rule',
    queries: counts,
    answer: async (said, scene, asking) => {
      if (!asking.ask.url.includes('count=exact') || said.status !== 200) return said
      const { json } = await asMighty(scene, asking)
      return { ...said, text: said.text.replace(/"count":\d+/, `"count":${Number(json['count'])}`) }
    },
  },
  {
    title: 'a refusal that tells that something is there',
    answer: async (said, scene, asking) => {
      if (said.status !== 404 || asking.ask.method !== 'GET') return said
      const { status } = await asMighty(scene, asking)
      return status === 200 ? { ...said, status: 403 } : said
    },
  },
  {
    title: 'an entity tag over the whole row',
    queries: readings,
    answer: async (said, scene, asking) => {
      if (said.headers['etag'] === undefined || asking.ask.method !== 'GET') return said
      const { text } = await asMighty(scene, asking)
      return { ...said, headers: { ...said.headers, etag: `"${text.length}"` } }
    },
  },
]
