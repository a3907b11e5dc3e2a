import type { Plant } from './plant.js'

/** A file that lacks rows is not fetched again. */
export const shortFileFinal: Plant = {
  name: 'short_file_final',
  about: 'What is missing from the first whole file counts as lost.',
  within: 150,
  settings: (settings) => ({
    ...settings,
    fetchesNeeded: 1,
    fetchSpanMs: 0,
    lostResultMs: 0,
    lostTries: 1,
  }),
}
