type Json = Readonly<Record<string, unknown>>

// Where the provider's own usage may stand in a row.
const PLACES: readonly (readonly string[])[] = [
  ['usage'],
  ['message', 'usage'],
  ['response', 'usage'],
  ['result', 'message', 'usage'],
]

/**
 * What the provider's `usage` in a row counts beside tokens and searches: uses of other tools of its server, and iterations that
 * its totals leave out (compactions, an advisor). By the provider's names; null for none. A price book that has no fee for one
 * has no price for the row.
 */
export function otherUses(row: Json): Readonly<Record<string, number>> | null {
  for (const place of PLACES) {
    const usage = place.reduce<Json | null>((each, name) => objectOf(each?.[name]), row)
    if (usage !== null) return usesOf(usage)
  }
  return null
}

function usesOf(usage: Json): Readonly<Record<string, number>> | null {
  const found: Record<string, number> = {}
  for (const [name, uses] of Object.entries(objectOf(usage.server_tool_use) ?? {})) {
    if (name === 'web_search_requests' || typeof uses !== 'number' || uses === 0) continue
    // What is no count is still something that was used.
    found[name] = Number.isSafeInteger(uses) && uses > 0 ? uses : 1
  }
  for (const [type, uses] of iterationsOf(usage.iterations)) {
    if (type !== 'message') found[`iterations.${type}`] = uses
  }
  return Object.keys(found).length === 0 ? null : found
}

// A list as the provider writes it, or counts by type as `@halfrate/client` does.
function iterationsOf(iterations: unknown): readonly (readonly [type: string, uses: number])[] {
  if (!Array.isArray(iterations)) {
    return Object.entries(objectOf(iterations) ?? {}).flatMap(([type, count]) =>
      typeof count === 'number' && count !== 0 ? [[type, 1] as const] : [],
    )
  }
  const types = iterations.flatMap((each) => objectOf(each)?.type ?? [])
  return types.map((type) => [String(type), 1])
}

function objectOf(value: unknown): Json | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Json) : null
}
