// All that is wrong with a history, each with its seed, its step, and what was told beside what is held.
import { type Anomaly, histories, judgeAppends } from './appends.ts'
import type { History } from './drive.ts'
import { notLinearizable } from './register.ts'

export interface Verdict {
  readonly kinds: readonly string[]
  /** For people; '' where nothing is wrong. */
  readonly text: string
}

/** Runs both checkers. A register begins at 0, a list empty. */
export function judge({ registers, transactions, held }: History, seed: number): Verdict {
  const torn = [...registers].flatMap(([id, calls]) => {
    const wrong = notLinearizable(calls, 0)
    return wrong === undefined ? [] : [`seed ${seed}, register ${id}: ${wrong}`]
  })
  const anomalies = judgeAppends(transactions, held)
  const appends = anomalies.map(({ kind, step, text }: Anomaly) => `seed ${seed}, step ${step}: ${kind}: ${text}`)
  if (appends.length > 0) appends.push(histories(transactions, held))
  return {
    kinds: [...new Set([...torn.map(() => 'not linearizable'), ...anomalies.map(({ kind }) => kind)])],
    text: [...torn, ...appends].join('\n'),
  }
}
