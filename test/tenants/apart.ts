// Two tenants in one database: what one is answered is the same, to the byte, as if the other were not there.
import { seededRandom } from '../../src/base/random.ts'
import { settle } from '../../src/testing/settle.ts'
import type { Engine } from '../../src/store/contract.ts'
import { type Said, openSurface, type Surface, tokenOf } from '../surface/test_server.ts'
import { pickOf, type Step, stepOf } from './scripts.ts'
import workshop from './workshop.ts'

export interface Trial {
  readonly engine: 'sqlite' | 'postgres'
  readonly seed: number
  readonly steps: number
  /** A seeded fault of the engine. */
  readonly over?: (engine: Engine) => Engine
  /** A seeded fault of the tables. */
  readonly bend?: (engine: Engine) => Promise<void>
}

/** One person, who is in both: caller, roles and keys are the same, and only the tenant tells them apart. */
const person = '01900000-0000-7000-8000-00000000000a'
const missing = '01900000-0000-7000-8000-0000000000ff'
const tenants = ['01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000b1'] as const
const [here, there] = tenants

/** What the first tenant was answered with the other there and without, where that differs; or why it was skipped. */
export async function difference(trial: Trial): Promise<{ readonly skip: string } | readonly string[]> {
  const alone = await transcript({ ...trial, isAlone: true })
  if ('skip' in alone) return alone
  const together = await transcript({ ...trial, isAlone: false })
  if ('skip' in together) return together
  return together.flatMap((line, at) => (line === alone[at] ? [] : [`${at}: ${line}\n  alone: ${alone[at]}`]))
}

interface World extends Trial {
  readonly isAlone: boolean
}

export async function transcript({ engine, seed, steps, over, bend, isAlone }: World) {
  const surface = await openSurface(workshop, engine, over)
  if ('skip' in surface) return surface
  try {
    await surface.server.house.house.engine.script(tenants.map(organization))
    await bend?.(surface.server.house.house.engine)
    return await talk(surface, { seed, steps, isAlone })
  } finally {
    await surface.close()
  }
}

const organization = (id: string): string =>
  `insert into plinth_organizations (id, name, created_at, updated_at)
     values ('${id}', 'One', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`

async function talk(
  { server, ask }: Surface,
  { seed, steps, isAlone }: { readonly seed: number; readonly steps: number; readonly isAlone: boolean },
): Promise<string[]> {
  const [mine, theirs] = [new Speaker(here), new Speaker(there)]
  const [pick, other] = [pickOf(seededRandom(seed)), pickOf(seededRandom(seed + 1))]
  const lines: string[] = []
  for (let n = 0; n < steps; n++) {
    if (!isAlone) {
      const step = stepOf(other, { own: theirs.ids, foreign: other.of([missing, ...mine.ids]) })
      theirs.hears(step, await say(ask, theirs, step))
    }
    const foreign = isAlone || theirs.ids.length === 0 ? missing : theirs.ids[n % theirs.ids.length]!
    mine.calls(foreign, 'a stranger')
    const step = stepOf(pick, { own: mine.ids, foreign })
    lines.push(mine.hears(step, await say(ask, mine, step)))
    if (n % 7 === 6) await settle(server.house.house)
  }
  return lines
}

const say = (ask: Surface['ask'], { token }: Speaker, { method, path, body, headers = {} }: Step): Promise<Said> =>
  ask({ method, url: `/api/v1/${path}`, as: token, headers, ...(body !== undefined && { body }) })

/** One tenant's side: the ids it was given, in their order, and what it heard, with ids told by that order. */
class Speaker {
  readonly token: string
  readonly ids: string[] = []
  readonly #names = new Map<string, string>()
  #count = 0

  constructor(tenant: string) {
    this.token = tokenOf('clerk', person, tenant)
    this.calls(tenant, 'the tenant')
    this.calls(person, 'the person')
  }

  calls(id: string, name: string): void {
    this.#names.set(id, name)
  }

  hears({ method, path, body }: Step, { status, text, json }: Said): string {
    const { id } = json
    if (status === 201 && typeof id === 'string' && path.startsWith('boards') && !this.ids.includes(id))
      this.ids.push(id)
    const asked = `${method} ${path} ${JSON.stringify(body) ?? ''}`
    return `${this.#told(asked)} → ${status} ${this.#told(text)}`
  }

  // Ids are named in the order in which they are first answered.
  #told(words: string): string {
    return words
      .replace(/"requestId":"[^"]*"/g, '"requestId":""')
      .replace(/"next":"[^"]*"/g, '"next":"more"')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, (id) => this.#names.get(id) ?? this.#named(id))
  }

  #named(id: string): string {
    const name = `id ${(this.#count += 1)}`
    this.calls(id, name)
    return name
  }
}
