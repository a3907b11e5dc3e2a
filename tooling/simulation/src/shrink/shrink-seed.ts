import { type RunSeedOptions, runSeed, type SeedReport } from '../run-seed.js'

/** What a failing seed can go without and still fail. */
export interface Shrunk {
  /** Kinds, or single strikes as `crash#3`, that are left out. */
  readonly without: readonly string[]
  /** The first thing that it breaks. */
  readonly found: string
}

// Runs that one seed is worth.
const MOST_RUNS = 150

/**
 * Makes a failing seed smaller: leaves out kinds of faults, then single strikes, as long as it breaks the same invariant.
 * Answers the smallest run with what it left out.
 */
export async function shrinkSeed(
  options: RunSeedOptions,
  failed: SeedReport,
): Promise<Shrunk & { readonly report: SeedReport }> {
  const invariant = failed.violations[0]?.invariant
  let without = options.without ?? []
  let smallest = failed
  let runs = 0
  const tries = async (more: readonly string[]): Promise<boolean> => {
    if (runs >= MOST_RUNS) return false
    runs += 1
    const report = await runSeed({ ...options, without: [...without, ...more] })
    if (report.violations[0]?.invariant !== invariant) return false
    without = [...without, ...more]
    smallest = report
    return true
  }
  const kinds = [...smallest.strikes.keys()]
  for (const chunk of halves(kinds)) await tries(chunk)
  for (const kind of kinds) if (!without.includes(kind)) await tries([kind])
  for (const kind of kinds) {
    if (without.includes(kind)) continue
    const strikes = Array.from(
      { length: smallest.strikes.get(kind) ?? 0 },
      (_, index) => `${kind}#${index + 1}`,
    )
    await dropStrikes(strikes, tries)
  }
  const [first] = smallest.violations
  return { without, found: `${first?.invariant}: ${first?.message}`, report: smallest }
}

// Larger groups first: most strikes have nothing to do with it.
async function dropStrikes(
  strikes: readonly string[],
  tries: (more: readonly string[]) => Promise<boolean>,
): Promise<void> {
  if (strikes.length === 0 || (await tries(strikes)) || strikes.length === 1) return
  for (const half of halves(strikes)) await dropStrikes(half, tries)
}

function halves<T>(items: readonly T[]): readonly (readonly T[])[] {
  const middle = Math.ceil(items.length / 2)
  return [items.slice(0, middle), items.slice(middle)].filter((half) => half.length > 0)
}
