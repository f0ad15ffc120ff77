// The network an address belongs to, where addresses are counted: one household has 2^64 IPv6 addresses of its own.

/** The address for IPv4 (also written as IPv6), the /64 for IPv6. */
export function networkOf(written: string): string {
  const address = written.replace(/^::ffff:(?=\d+\.)/, '')
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  return [...groups, ...Array.from({ length: Math.max(0, missing) }, () => '0')].slice(0, 4).join(':')
}
