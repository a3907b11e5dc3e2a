/**
 * Copies plain data (objects, arrays, text, numbers) all the way down and freezes it, so that what the store keeps
 * can't change under it. Keys such as `__proto__` stay plain members.
 */
export function frozenCopy<T>(value: T): T {
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(item))) as T
  if (value === null || typeof value !== 'object') return value
  // fromEntries defines members, where an assignment to __proto__ would set the prototype.
  const entries = Object.entries(value).map(([name, member]) => [name, frozenCopy(member)])
  return Object.freeze(Object.fromEntries(entries)) as T
}
