import { HalfrateError } from '@halfrate/core'
import type { WebhookOutcome } from './outcome.js'

/** A receiver did not take a webhook. */
export class WebhookNotTakenError extends HalfrateError {
  /** What came of the try. */
  readonly outcome: Extract<WebhookOutcome, { type: 'not_taken' }>

  constructor(outcome: Extract<WebhookOutcome, { type: 'not_taken' }>) {
    super(
      'webhook_not_taken',
      `A webhook was not taken: ${outcome.detail}.`,
      NEXT_STEPS[outcome.reason],
    )
    this.outcome = outcome
  }
}

const AGAIN = 'What is kept is sent again.'
const NEXT_STEPS: Readonly<Record<WebhookNotTakenError['outcome']['reason'], string>> = {
  status: `Look into the log of the receiver. ${AGAIN}`,
  gone: 'The receiver asks to be sent nothing any more: take its address away, or have it answer 2xx.',
  redirect: 'Give the address that it leads to: redirects are not followed.',
  timeout: `Have the receiver answer before it works. ${AGAIN}`,
  connection: `See whether the receiver is there, and its certificate is good. ${AGAIN}`,
  unknown_host: `Correct the name of the host, or wait for its name server. ${AGAIN}`,
  blocked:
    'Give an address in the internet, or say isInternal where the receiver is in a network of your own.',
}
