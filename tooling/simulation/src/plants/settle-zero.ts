import type { Plant } from './plant.js'

/** Nothing is waited for before a lost answer is given up. */
export const settleZero: Plant = {
  name: 'settle_zero',
  about: 'The settle window is 0, so a batch that is late or not listed yet is declared lost.',
  within: 150,
  settings: (settings) => ({ ...settings, settleMs: 0, settleWaitMs: 0 }),
}
