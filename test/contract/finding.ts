// What a linter says of a contract.

export interface Finding {
  readonly rule: string
  readonly severity: 'error' | 'warning' | 'note'
  /** A JSON pointer, or the path in words. */
  readonly where: string
  readonly message: string
}

/** One line a finding, for a test that fails. */
export const lines = (findings: readonly Finding[]): string =>
  findings.map(({ rule, severity, where, message }) => `${severity} ${rule} at ${where}: ${message}`).join('\n')
