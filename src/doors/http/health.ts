// `/health` (the process is alive) and `/ready` (it may take traffic), asked by whoever starts and balances processes.
import type { DoorAnswer, Route } from './route.ts'

/** What the server knows of itself: each dependency by name, with a word for its state. */
export interface Readiness {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, string>>
}

export interface HealthMeans {
  readonly ready: () => Readiness | Promise<Readiness>
  readonly isDraining: () => boolean
}

const answer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): DoorAnswer => ({
  status,
  headers,
  body: JSON.stringify(body),
  type: 'application/json',
})

const alive = answer(200, { status: 'ok' })

/** The two routes. Readiness is a 503 while draining, whatever the dependencies say: that is what it is for then. */
export function healthRoutes(means: HealthMeans): readonly Route[] {
  return [
    { method: 'GET', path: '/health', name: 'health', handle: () => alive },
    { method: 'GET', path: '/ready', name: 'ready', handle: () => readyAnswer(means) },
  ]
}

function readyAnswer(means: HealthMeans): DoorAnswer | Promise<DoorAnswer> {
  if (means.isDraining()) return answer(503, { status: 'draining', checks: {} }, { 'Retry-After': '1' })
  const readiness = means.ready()
  return readiness instanceof Promise ? readiness.then(show) : show(readiness)
}

function show({ ready, checks }: Readiness): DoorAnswer {
  return ready
    ? answer(200, { status: 'ok', checks })
    : answer(503, { status: 'unavailable', checks }, { 'Retry-After': '1' })
}
