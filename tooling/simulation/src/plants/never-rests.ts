import type { Plant } from './plant.js'

/** Sleeps end at once. */
export const neverRests: Plant = {
  name: 'never_rests',
  about: 'A worker that has nothing to do looks again without a pause.',
  within: 10,
  clock: (clock) => ({
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    sleep: ({ signal }) => clock.sleep({ ms: 0, signal }),
  }),
}
