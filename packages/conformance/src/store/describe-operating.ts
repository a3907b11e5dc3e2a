import type { OperatingStore, Store } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../manual-clock.js'
import { healthCases } from './health-cases.js'
import type { OperatingCase } from './operating-case.js'
import { queueCases } from './queue-cases.js'
import { retryCases } from './retry-cases.js'
import { Scene } from './scene.js'
import { violationsOf } from './violations-of.js'

/** What the test of a store that can be operated says about it. */
export interface OperatingSuiteOptions {
  /** Opens a store that holds nothing yet and takes its time from this clock. Called once a case. */
  readonly open: (clock: ManualClock) => Promise<Store & OperatingStore>
}

/** All cases, by theme. */
export const operatingThemes: readonly (readonly [string, readonly OperatingCase[]])[] = [
  ['queues', queueCases],
  ['health', healthCases],
  ['sending again by hand', retryCases],
]

/** Registers the cases for stores that people can ask, beside those of every store. */
export function describeOperating(name: string, { open }: OperatingSuiteOptions): void {
  describe(`${name}, operated`, () => {
    for (const [theme, cases] of operatingThemes) {
      describe(theme, () => {
        for (const each of cases) {
          test(each.name, async () => {
            const clock = new ManualClock()
            const store = await open(clock)
            try {
              await each.run(new Scene({ store, clock, reopen: null }), store)
              expect(await violationsOf(store)).toEqual([])
            } finally {
              await store.shutdown()
            }
          })
        }
      })
    }
  })
}
