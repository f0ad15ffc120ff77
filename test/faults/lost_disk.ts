// The lost disk: a server under load loses its whole data directory at any instant, and its backup gives it back.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom, type Random } from '../../src/base/random.ts'
import { backupsOf } from '../../src/server/backups.ts'
import { rangesOf } from '../../src/store/backup/choose.ts'
import { generationsOf, snapshotsOf } from '../../src/store/backup/folder.ts'
import { segmentsOf } from '../../src/store/backup/segments.ts'
import { judge, lostSteps, type Cut, type Rows, type Step } from './history.ts'
import { Load } from './lanes.ts'
import { readThroughServer } from './read_rows.ts'
import { directoryFor, startServer } from './server.ts'

export interface LostDiskOptions {
  readonly seed: number
  /** Times within the history that are restored too, each the time of an answer. */
  readonly times: number
  /** Before the disk is lost the server is killed so often, and goes on. */
  readonly kills: number
}

/** What was lost with one disk. */
export interface LostDisk {
  readonly told: number
  /** Answers that the newest backup knows nothing of, and the age of the oldest of them when the disk was lost. */
  readonly lost: number
  readonly oldestMs: number
  readonly restoreMs: number
}

const LANES = 6
/** The disk is lost before so many. */
const REQUESTS = 100_000
const SHORTEST_MS = 1_300
const LONGEST_MS = 2_000
/** On a busy machine it lives until this many answers are told. */
const FEWEST_ANSWERS = 150
/** What may be lost with the disk. */
const MAY_BE_LOST_MS = 1_000

interface Scene {
  readonly folder: string
  readonly steps: readonly Step[]
  /** When the disk was lost (ms). */
  readonly lostAt: number
  readonly restore: (to?: number) => Promise<Rows>
}

/** Loses a disk once, and holds every promise of a backup against what is left. */
export async function survivesLostDisk(t: TestContext, { seed, times, kills }: LostDiskOptions): Promise<LostDisk> {
  const random = seededRandom(seed)
  const { folder, steps, lostAt, restore } = await lose(t, { seed, random, kills })
  assert.equal(rangesOf(folder).length, 1, `seed ${seed}: a kill broke the backup off`)

  const started = Date.now()
  const rows = await restore()
  const restoreMs = Date.now() - started
  const isLost = lostSteps(steps, cutAt(steps, lostAt, lostAt), rows)
  const lost = told(steps, lostAt).filter(({ number }) => isLost.has(number))
  const oldestMs = Math.max(0, ...lost.map(({ toldAt = 0 }) => lostAt - toldAt))
  assert.deepEqual(judge(steps, cutAt(steps, lostAt - MAY_BE_LOST_MS, lostAt), rows), [], `seed ${seed}: the newest`)

  const { from = 0 } = rangesOf(folder)[0] ?? {}
  const possible = told(steps, lostAt - MAY_BE_LOST_MS).filter(({ toldAt = 0 }) => toldAt > from)
  for (let n = 0; n < times; n++) {
    const { toldAt = 0 } = possible[Math.floor(random.fraction() * possible.length)] ?? {}
    const then = await restore(toldAt)
    assert.deepEqual(judge(steps, cutAt(steps, toldAt, toldAt), then), [], `seed ${seed}: at ${toldAt}`)
  }
  // The controls: a state that is too old, and one turned bit.
  const [early = 0, late = 0] = [0.3, 0.7].map((part) => possible[Math.floor(possible.length * part)]?.toldAt)
  assert.notDeepEqual(judge(steps, cutAt(steps, late, late), await restore(early)), [], `seed ${seed}: a stale state`)
  await assertDamageIsSeen(folder, random)
  return { told: told(steps, lostAt).length, lost: lost.length, oldestMs, restoreMs }
}

async function lose(
  t: TestContext,
  { seed, random, kills }: { seed: number; random: Random; kills: number },
): Promise<Scene> {
  const directory = directoryFor(t)
  const [file, folder] = [join(directory, 'data', 'app.db'), join(directory, 'backup')]
  const steps: Step[] = []
  let lostAt = 0
  for (let life = 0; life <= kills; life++) {
    // Of a brisk one the log starts over every few requests.
    const fault = seed % 2 === 0 ? 'brisk' : 'sound'
    const server = startServer(t, { file, fault, environment: { BACKUP_DIR: folder } })
    const origin = await server.up
    await hasSnapshot(folder)
    const load = new Load({ origin, seed, requests: REQUESTS, prefix: `d${life}`, firstNumber: steps.length })
    const running = load.run(LANES)
    await sleep(SHORTEST_MS + random.fraction() * (LONGEST_MS - SHORTEST_MS))
    for (let n = 0; n < 3_000 && told(load.steps, Date.now()).length < FEWEST_ANSWERS; n++) await sleep(10)
    lostAt = Date.now()
    server.process.kill('SIGKILL')
    await server.ended
    await running
    steps.push(...load.steps)
  }
  rmSync(dirname(file), { recursive: true })

  const restore = async (to?: number): Promise<Rows> => {
    rmSync(dirname(file), { recursive: true, force: true })
    const backups = await backupsOf(`sqlite:${file}`)
    await backups.restore({ folder, to, force: false, report: () => undefined })
    return readThroughServer(file)
  }
  return { folder, steps, lostAt, restore }
}

async function hasSnapshot(folder: string): Promise<void> {
  for (let n = 0; n < 1_000 && rangesOf(folder).length === 0; n++) await sleep(10)
}

const told = (steps: readonly Step[], until: number): Step[] =>
  steps.filter(({ answer, toldAt = Infinity }) => answer !== undefined && toldAt <= until)

function cutAt(steps: readonly Step[], toldBy: number, sentBy: number): Cut {
  const isTold = new Set(told(steps, toldBy).map(({ number }) => number))
  const isSent = new Set(steps.filter(({ sentAt = 0 }) => sentAt <= sentBy).map(({ number }) => number))
  return { isTold: (step) => isTold.has(step), isSent: (step) => isSent.has(step) }
}

// One bit of any piece: a trial restore says so, and names the piece.
async function assertDamageIsSeen(folder: string, random: Random): Promise<void> {
  const unasked = beforeSnapshots(folder)
  const pieces = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath !== folder && !entry.name.includes('.part'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((one) => !unasked.has(one))
  const path = pieces[Math.floor(random.fraction() * pieces.length)] ?? ''
  const whole = readFileSync(path)
  const at = Math.floor(random.fraction() * statSync(path).size)
  const bent = Buffer.from(whole)
  bent[at] = (bent[at] ?? 0) ^ 1
  writeFileSync(path, bent)
  const seen = await problemsOf(folder)
  assert.ok(
    seen.some((problem) => problem.includes(path)),
    `byte ${at} of ${path}: ${seen.join('\n')}`,
  )
  writeFileSync(path, whole)
}

// What was shipped before the first snapshot of a generation nobody can ask for, so no trial reads it.
function beforeSnapshots(folder: string): ReadonlySet<string> {
  const early = generationsOf(folder).flatMap((generation) => {
    const first = snapshotsOf(generation)[0]?.segment ?? 1
    return segmentsOf(generation).filter(({ number, slice }) => number < first && slice === undefined)
  })
  return new Set(early.map(({ path }) => path))
}

async function problemsOf(folder: string): Promise<readonly string[]> {
  const backups = await backupsOf('sqlite:nowhere.db')
  const trial = await backups.prove({ folder, isApart: false, report: () => undefined })
  await trial.drop()
  return trial.problems
}
