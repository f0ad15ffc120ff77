// Every command of the command line.
import { audit } from './audit.ts'
import { backup } from './backup.ts'
import { check } from './check.ts'
import type { Command } from './command.ts'
import { contract } from './contract.ts'
import { events } from './events.ts'
import { explain } from './explain.ts'
import { jobs } from './jobs.ts'
import { key } from './key.ts'
import { migrate } from './migrate.ts'
import { restore } from './restore.ts'
import { start } from './start.ts'
import { token } from './token.ts'
import { user } from './user.ts'

export const commands: readonly Command[] = [
  start,
  check,
  migrate,
  contract,
  backup,
  restore,
  audit,
  explain,
  events,
  jobs,
  user,
  key,
  token,
]
