// JSON pointers (RFC 6901): where in a body a value stands.

/** Appends one key or index to a pointer, with `~` and `/` escaped; the pointer of the whole body is "". */
export function pointer(base: string, key: string | number): string {
  if (typeof key === 'number') return `${base}/${key}`
  // The tilde first, or the escapes of the slashes would be escaped again.
  return `${base}/${/[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key}`
}
