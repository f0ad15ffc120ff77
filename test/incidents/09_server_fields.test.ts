// Clients set roles and owners elsewhere (CVE-2025-24353, CVE-2026-32742): here a body with more is refused whole.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { integer } from 'plinth'
import { app } from '../../src/define/app.ts'
import bureau, { dossiers } from '../authorization/app.ts'
import { bureauSubject } from '../authorization/people.ts'
import { serverFieldTests, setNothing } from './server_fields.ts'

serverFieldTests(120)

test('control: a field that is not readonly is set, and that is seen', async () => {
  const fields = Object.freeze({ ...dossiers.fields, rank: integer({ default: 0 }) })
  const careless = Object.freeze({ ...dossiers, fields, spec: Object.freeze({ ...dossiers.spec, fields }) })
  const parts = Object.entries(bureau.parts).map(([name, part]) => [name, part === dossiers ? careless : part])
  const subject = { ...bureauSubject, app: app('bureau', Object.fromEntries(parts)) }

  // What is asked is drawn: now and then two thousand questions set that one field to nothing that is a rank.
  const ask = async (): Promise<void> => {
    for (let draw = 0; draw < 4; draw++) await setNothing('sqlite', 2_000, subject)
  }

  await assert.rejects(ask(), /Property failed/)
})
