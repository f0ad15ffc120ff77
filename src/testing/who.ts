// Whom a test calls as: the rules of the language name them.
import { type CallerRule, memberRole, role } from '../define/rule.ts'

/** A rule that a caller alone satisfies, or the name of a role. */
export type Who = CallerRule | string

/** A customer of the app, another one for each caller made; its own row is made on first use. */
export const member: CallerRule = role('member')

/** The roles of the callers whom a rule lets in; undefined for nobody in particular. */
export function rolesOf(who: Who): readonly string[] | undefined {
  if (typeof who === 'string') return [who]
  if (who.rule === 'anyone') return undefined
  if (who.role === undefined) return ['member']
  return [who.rule === 'member' ? memberRole(who.role) : who.role]
}
