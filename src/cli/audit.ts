// `plinth audit verify`: reads the audit again, whole, and says what does not fit; also while the app runs.
import { systemClock } from '../base/clock.ts'
import { auditIn, readAnchor, signers, type Verified, verify } from '../features/audit/index.ts'
import { readConfig } from '../server/config.ts'
import { openReader } from '../server/engine.ts'
import { exitCodes } from '../server/run.ts'
import { keyringOf } from '../server/secret.ts'
import { type Command, flag, text, textOf, type Words } from './command.ts'
import { UsageError } from './complain.ts'
import { say, type Terminal } from './terminal.ts'

export const audit: Command = {
  name: 'audit',
  summary: 'verify that nobody changed the record of who did what',
  help: `plinth audit verify [--anchor <file or folder>] [--no-anchor] [--trust <public key>] [--json]
plinth audit key

verify  reads every entry and every checkpoint of DATABASE_URL again, also while the app runs, and compares them with
        what was written outside the database (AUDIT_ANCHOR, or --anchor). Exit code 0 where all of it fits, 1 where
        something was changed, put in, taken out, moved or cut off; each is told with its place.
        --no-anchor  asks nothing of an anchor: a database put back to an older state is not noticed then
        --trust      a public key to trust beside those of PLINTH_SECRET and PLINTH_SECRET_PREVIOUS
key     prints the public key that checkpoints are signed with now.
`,
  options: { anchor: text, 'no-anchor': flag, trust: text, json: flag },
  async run(words, terminal) {
    const [verb] = words.positionals
    if (verb === 'verify') return verifyAudit(words, terminal)
    if (verb !== 'key') throw new UsageError('audit: say verify or key')
    say(terminal, signers(keyringOf(readConfig(terminal.environment))).at(0)?.publicKey ?? '')
    return exitCodes.ok
  },
}

async function verifyAudit(words: Words, terminal: Terminal): Promise<number> {
  const config = readConfig(terminal.environment)
  const path = words.values['no-anchor'] === true ? undefined : (textOf(words, 'anchor') ?? config.services.anchor)
  const trusted = textOf(words, 'trust')
  const reader = await openReader(config.databaseUrl)
  try {
    // The anchor first: what is signed while the database is read is then in the database, and not missing there.
    const anchor = path === undefined ? undefined : await readAnchor(path)
    const verified = await verify(auditIn(reader.session, reader.dialect), {
      keys: keyringOf(config),
      trusted: trusted === undefined ? [] : [trusted],
      anchor,
      now: systemClock.ms(),
    })
    const ok = verified.findings.length === 0
    if (words.values['json'] === true) say(terminal, JSON.stringify({ ok, ...verified }))
    else tell(verified, path, terminal)
    return ok ? exitCodes.ok : exitCodes.no
  } finally {
    await reader.close()
  }
}

const names = { entry: 'entry', end: 'entry', checkpoint: 'checkpoint', anchor: 'anchor, checkpoint' } as const

function tell(
  { findings, sealed, waiting, checkpoints, signedTo, anchoredTo }: Verified,
  path: string | undefined,
  terminal: Terminal,
): void {
  const line = (text: string): void => say(terminal, text)
  for (const { what, at, why } of findings) line(`${names[what]} ${at}: ${why}`)
  line(
    `${sealed} entries in the chain, ${waiting} waiting; ${checkpoints} checkpoints, signed up to entry ${signedTo}.`,
  )
  if (path === undefined) line('No anchor was asked: a database put back to an older state would not be noticed.')
  else line(`${path} says the same up to entry ${anchoredTo ?? 0}.`)
  line(findings.length === 0 ? 'Nothing was tampered with.' : `${findings.length} findings.`)
}
