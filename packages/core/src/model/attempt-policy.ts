/** Every name of a policy by which an attempt beyond the first is made. Stable: names are added, never changed. */
export const ATTEMPT_POLICIES = [
  'cut_off_raised',
  'pause_continued',
  'refused_other_model',
  'output_repaired',
  'errored_retry',
  'expired_retry',
  'canceled_retry',
  'unanswered_retry',
  'refused_resend',
  'lost_resend',
  'taken_apart',
  'hedged',
  'sent_twice',
  'taken_in',
] as const

/**
 * By what an attempt beyond the first was made.
 *
 * `cut_off_raised`: its answer was cut off, and goes with a higher cap. `pause_continued`: its answer paused, and goes on
 * from there. `refused_other_model`: its answer was a refusal, and another model is asked.
 * `output_repaired`: its answer was not of the form that its queue asks for, and goes back with what is wrong with it. `errored_retry`, `expired_retry`: the attempt before
 * it ended so. `canceled_retry`: its batch was canceled, and nobody canceled the request. `unanswered_retry`: the results have no
 * line of it, and it is proven that none was paid. `refused_resend`: the batch was refused, or its send stopped, before
 * anything ran. `lost_resend`: the answer to its send was lost, and the batch given up or, in a backup that was put back, not
 * known. `taken_apart`: its batch was not
 * sent. `hedged`: its batch was not back shortly before it was wanted, and it was called as well. `sent_twice`: something on the way repeated its batch. `taken_in`: found in a batch that the store did not send.
 */
export type AttemptPolicy = (typeof ATTEMPT_POLICIES)[number]
