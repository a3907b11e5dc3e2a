/** What can be done about a command line that can't be read. In a file of its own, for it is needed before anything else. */
export const USAGE_STEP = 'Nothing was done. --help shows what there is.'
