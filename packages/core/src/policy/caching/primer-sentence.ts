import type { PrimerReason } from '../../model/job-primer.js'

const SENTENCES: Readonly<Record<PrimerReason, string>> = {
  canary: 'the first rows of each job go alone anyway, and what they write stays for the rest',
  not_shared: 'no two rows ask to have the same beginning cached',
  five_minutes: 'what they share is cached for five minutes, and batches take longer',
  too_short: 'what they share is shorter than what the model caches',
  unknown_price: 'the price of its model is not known',
  no_saving: 'reading it from the cache saves nothing',
  slow: 'one that goes first is likely not back before the rest may wait no longer',
  deadline: 'the rest would miss the time by which it is wanted',
  written: 'what the rows share was written to the cache',
  late: 'the row that went first was not back before the rest had waited as long as its queue allows',
  failed: 'the row that went first failed',
  gone: 'the row that went first was canceled or replaced',
}

/** A reason as a sentence without its full stop. */
export function primerSentence(reason: PrimerReason): string {
  return SENTENCES[reason]
}
