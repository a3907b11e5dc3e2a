const MOST = 4_096

// Source: the provider's page on prompt caching, fact sheet section 9, 2026-11-21.
const LEAST: readonly (readonly [name: RegExp, tokens: number])[] = [
  [/^claude-(?:fable|mythos)-5(?:-1)?(?:-\d{8})?$/, 512],
  [/^claude-(?:opus-5|sonnet-5-5|haiku-5-5|opus-5-5)(?:-\d{8})?$/, 512],
  [/^claude-(?:opus-4-8|sonnet-5|sonnet-4-[56]|opus-4-1|opus-4|sonnet-4)(?:-0|-\d{8})?$/, 1_024],
  [/^claude-opus-4-7(?:-\d{8})?$/, 2_048],
]

/**
 * The shortest prefix that a model caches, in tokens; below it nothing is cached and nothing is said about it. For a model of
 * which it is not known the longest of all, so that no saving is counted on that may not be.
 */
export function leastCachedTokens(model: string): number {
  return LEAST.find(([name]) => name.test(model))?.[1] ?? MOST
}
