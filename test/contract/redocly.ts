// Lints a contract with Redocly's strictest set of rules.
import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { Finding } from './finding.ts'

const severities = { error: 'error', warn: 'warning' } as const

/** What `recommended-strict` finds. No rule is switched off. */
export async function redoclyFindings(contract: object): Promise<Finding[]> {
  const config = await createConfig({ extends: ['recommended-strict'] })
  const problems = await lintFromString({ source: JSON.stringify(contract), absoluteRef: 'openapi.json', config })
  return problems
    .filter(({ ignored }) => ignored !== true)
    .map(({ ruleId, severity, message, location }) => ({
      rule: ruleId,
      severity: severity === 'error' || severity === 'warn' ? severities[severity] : 'note',
      where: location[0]?.pointer ?? '',
      message,
    }))
}
