import type { Store } from '@halfrate/core'
import { afterAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../manual-clock.js'
import { Scene } from './scene.js'
import type { StoreCase } from './store-case.js'
import { storeThemes } from './store-themes.js'
import { violationsOf } from './violations-of.js'

/** What a store's own test says about it. */
export interface StoreSuiteOptions {
  /** Opens a store that holds nothing yet and takes its time from this clock. Called once a case. */
  readonly open: (clock: ManualClock) => Promise<Store>
  /** Shuts a store down and opens what it held again. Without it the cases of the theme `restart` are left out. */
  readonly reopen?: ((store: Store, clock: ManualClock) => Promise<Store>) | undefined
  /** Cases that this store can't pass, by name, each with its reason. */
  readonly skip?: readonly { readonly case: string; readonly reason: string }[] | undefined
}

/**
 * Registers the cases that every store must pass, in vitest, under the given name.
 *
 * Every case has a store of its own; after it, the store must be free of broken invariants. Open stores with a small
 * `pageLimit` (100) where that can be chosen: some cases fill a page and one row more.
 */
export function describeStore(name: string, options: StoreSuiteOptions): void {
  const reasons = new Map(options.skip?.map((skipped) => [skipped.case, skipped.reason]))
  describe(name, () => {
    for (const [theme, cases] of storeThemes) {
      describe(theme, () => {
        for (const each of cases) register(each, options, reasons)
      })
    }
    // A name that no case has would skip nothing and hide that.
    afterAll(() => {
      expect([...reasons.keys()]).toEqual([])
    })
  })
}

function register(
  storeCase: StoreCase,
  options: StoreSuiteOptions,
  reasons: Map<string, string>,
): void {
  const reason = reasonToSkip(storeCase, options, reasons)
  reasons.delete(storeCase.name)
  if (reason !== null) {
    test.skip(`${storeCase.name} (skipped: ${reason})`)
    return
  }
  test(storeCase.name, async () => {
    const clock = new ManualClock()
    const store = await options.open(clock)
    const scene = new Scene({ store, clock, reopen: options.reopen ?? null })
    try {
      await storeCase.run(scene)
      expect(await violationsOf(scene.store)).toEqual([])
    } finally {
      await scene.store.shutdown()
    }
  })
}

function reasonToSkip(
  storeCase: StoreCase,
  options: StoreSuiteOptions,
  reasons: ReadonlyMap<string, string>,
): string | null {
  if (storeCase.needsReopen === true && options.reopen === undefined) {
    return 'this adapter has nothing to open again'
  }
  return reasons.get(storeCase.name) ?? null
}
