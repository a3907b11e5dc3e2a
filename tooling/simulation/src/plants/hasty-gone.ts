import type { Plant } from './plant.js'

/** One 404 is believed. */
export const hastyGone: Plant = {
  name: 'hasty_gone',
  about: 'A batch or file counts as gone after its first 404.',
  within: 300,
  settings: (settings) => ({ ...settings, goneAfterMs: 0, goneTries: 1 }),
}
