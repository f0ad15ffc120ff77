// The policy of the reader's page lets run what stands in the page: a browser shows nothing of it otherwise.
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { openScene } from '../oauth/scene.ts'

/** What the policy must hold: the hash of all that stands between the tags, blanks and line ends too (CSP Level 3). */
const hashOf = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`

test('its style and its script are those that its policy names by their hashes', async () => {
  await using scene = await openScene()
  const answer = await fetch(`${scene.url}/docs`)
  const [page, policy] = [await answer.text(), answer.headers.get('content-security-policy') ?? '']

  for (const tag of ['style', 'script']) {
    const inside = [...page.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))].map(([, text = '']) => text)
    assert.equal(inside.length, 1)
    assert.ok(policy.includes(`${tag}-src ${hashOf(inside[0] ?? '')};`), `${tag}: ${policy}`)
  }
})
