/**
 * Copies plain data (objects, arrays, text, numbers) all the way down and freezes it, so that what the store keeps
 * can't change under it. Keys such as `__proto__` stay plain members.
 */
export function frozenCopy<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(item))) as T
  // A spread defines members, where an assignment to __proto__ would set the prototype.
  const copy = { ...value } as Record<string, unknown>
  for (const name of Object.keys(copy)) {
    const member = copy[name]
    if (typeof member === 'object' && member !== null) define(copy, name, frozenCopy(member))
  }
  return Object.freeze(copy) as T
}

/** Freezes plain data that nobody else has, all the way down, and answers it. */
export function frozen<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value
  for (const member of Object.values(value)) frozen(member)
  return Object.freeze(value)
}

function define(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value
  else Object.defineProperty(target, name, { value })
}
