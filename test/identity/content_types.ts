// Content types that two readers may read differently, and a reader that does: what makes a check turn red.

/** Each is sent with a body that no schema takes. */
export const mutations: readonly string[] = [
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON',
  'application/json;charset=UTF-8',
  'application/json ; charset=utf-8',
  'application/json;',
  'application/json; charset="utf-8"',
  'application/json; charset=utf-8; charset=utf-16',
  'application/json; charset=utf-16',
  'application/json; charset=latin1',
  'application/json; boundary=x',
  'application/json\t',
  'application/json\t; charset=utf-8',
  'application/json,text/plain',
  'application/json, application/json',
  'text/plain,application/json',
  'text/plain; application/json',
  'text/plain;x=application/json',
  'text/plain',
  'text/plain; charset=utf-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=application/json',
  'multipart/form-data',
  'application/jsonx',
  'xapplication/json',
  'application/json+x',
  'application/x+json',
  'application/merge-patch+json',
  'application/vnd.api+json',
  'application/problem+json',
  'application/json/x',
  'application//json',
  'application/ json',
  'application /json',
  'application',
  '/json',
  'json',
  '*/*',
  'application/*',
  'text/json',
  'application/json:',
  'application/json(comment)',
  '"application/json"',
  'application/json%3b',
  'application/json;a;b;c',
  ';application/json',
]

export interface Answered {
  readonly type: string
  readonly status: number
}

/** Those that were neither judged (422) nor refused for what they are (415). */
export const odd = (answers: readonly Answered[]): readonly Answered[] =>
  answers.filter(({ status }) => ![415, 422].includes(status))

/** A server that parses whatever holds "json" and validates what is exactly JSON (CVE-2025-32442): 201 for the rest. */
export function naive(type: string): number {
  if (!type.includes('json')) return 415
  return type === 'application/json' ? 422 : 201
}
