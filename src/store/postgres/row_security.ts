// Row security of one database: its roles are made while migrating, and taken by every session once it is entered.
import type { RowSecurity, Session } from '../contract.ts'
import { quoted } from '../migrate/literal.ts'
import { openConnection } from './connection.ts'
import type { Driver } from './driver.ts'
import type { Pool } from './pool.ts'
import type { Readers } from './readers.ts'
import { findRoles, makeRoles, openProcesses, requireRoles, type Roles } from './roles.ts'
import { postgresSecurity } from './security_dialect.ts'

interface Sessions {
  readonly driver: Driver
  readonly readers: Readers
  readonly pool: Pool
}

/** What an engine answers as its row security. */
export function rowSecurity({ driver, readers, pool }: Sessions): RowSecurity {
  const known: { roles?: Roles } = {}
  return {
    prepare: () =>
      asConnected(driver, async (session) => {
        await makeRoles(session)
        known.roles = await findRoles(session)
      }),
    spell: (statement) => (known.roles === undefined ? statement : spell(known.roles, statement)),
    enter: async () => {
      const roles = await asConnected(driver, async (session) => {
        const found = await requireRoles(session)
        await openProcesses(session, found)
        return found
      })
      const take = `set role ${quoted(roles.caller)}`
      await Promise.all([readers.each(take), pool.each(take)])
      driver.roles = roles
    },
  }
}

const { roles: PLACES } = postgresSecurity

/** A statement with the names of the roles in the places that migrations leave for them. */
export const spell = ({ caller, system }: Roles, statement: string): string =>
  statement.replaceAll(TEXT_OR_PLACE, (found) => {
    if (found === PLACES.caller) return quoted(caller)
    return found === PLACES.system ? quoted(system) : found
  })

// A text that is called as such a place stays what it is.
const TEXT_OR_PLACE = new RegExp(`'(?:[^']|'')*'|${PLACES.caller}\\b|${PLACES.system}\\b`, 'g')

/** A session, and a way to run statements without values. */
export interface SchemaSession extends Session {
  script(text: string): Promise<unknown>
}

/** Runs work on a session of the user who connected. */
export async function asConnected<T>(driver: Driver, work: (session: SchemaSession) => Promise<T>): Promise<T> {
  const connection = await openConnection(driver, 'schema')
  try {
    return await work({
      all: (statement, values) => connection.rows(statement, values),
      script: (text) => connection.command(text),
    })
  } finally {
    await connection.end()
  }
}
