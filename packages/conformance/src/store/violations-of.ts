import type { Store, Violation } from '@halfrate/core'

/** Pages through all that `verify` finds. */
export async function violationsOf(store: Store, limit = 100): Promise<readonly Violation[]> {
  const found: Violation[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<Store['verify']>> = await store.verify({ after, limit })
    found.push(...page.violations)
    after = page.next
  } while (after !== null)
  return found
}
