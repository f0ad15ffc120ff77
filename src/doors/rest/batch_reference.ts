// `{"$ref":"0/id"}` in a batch: a value that an earlier operation answered; `$0/id` inside a path means the same.
import { Problem } from '../../base/pure/problem.ts'

/** Puts earlier answers' values in place of references. Fails with invalid where one leads nowhere. */
export function resolveReferences(value: unknown, earlier: readonly unknown[], pointer: string): unknown {
  if (typeof value === 'string' && pointer.endsWith('/path')) {
    return value.replace(/\$(\d+)\/([a-zA-Z0-9/]+?)(?=\/|$)/g, (_, at: string, name: string) =>
      String(lookUp(`${at}/${name}`, earlier, pointer)),
    )
  }
  if (Array.isArray(value)) return value.map((one, at) => resolveReferences(one, earlier, `${pointer}/${at}`))
  if (typeof value !== 'object' || value === null) return value
  if ('$ref' in value && Object.keys(value).length === 1) return lookUp(value.$ref, earlier, pointer)
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, resolveReferences(one, earlier, `${pointer}/${key}`)]),
  )
}

function lookUp(reference: unknown, earlier: readonly unknown[], pointer: string): unknown {
  const parts = typeof reference === 'string' ? reference.split('/') : []
  let found: unknown = earlier
  for (const part of parts) {
    const there = typeof found === 'object' && found !== null && Object.hasOwn(found, part)
    found = there ? (found as Record<string, unknown>)[part] : undefined // own members only, as just asked
  }
  if (parts.length >= 2 && found !== undefined) return found
  const errors = [
    {
      pointer,
      code: 'bad_reference' as const,
      message: 'A $ref is "<number of an earlier operation>/<member of its answer>".',
    },
  ]
  throw new Problem('invalid', 'The batch refers to what no earlier operation answered.', { errors })
}
