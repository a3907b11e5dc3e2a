import { DAY_MS } from '@halfrate/core'
import type { Plant } from './plant.js'

/** What was given up is never looked for again. */
export const forgottenOrphans: Plant = {
  name: 'forgotten_orphans',
  about: 'Batches that turn up after they were given up are not looked for.',
  within: 150,
  settings: (settings) => ({
    ...settings,
    watchEveryMs: 400 * DAY_MS,
    identifyEveryMs: 400 * DAY_MS,
  }),
}
