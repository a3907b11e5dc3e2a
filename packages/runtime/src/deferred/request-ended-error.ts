import { HalfrateError, type QueueName } from '@halfrate/core'
import type { EndedResult } from '../jobs/result.js'

/** A deferred call whose request ended without an answer that can be used. The same call again meets the same end. */
export class RequestEndedError extends HalfrateError {
  readonly queue: QueueName
  readonly key: string
  /** How it ended, what it cost, and what came all the same. */
  readonly result: EndedResult

  constructor(queue: QueueName, result: EndedResult) {
    const { key, id, status, error } = result
    super(
      'request_ended',
      `request ${id} (key ${key} of queue ${queue}) is ${status}: ${error.message} (${error.code})`,
      `${error.nextStep.replace(/\.?$/, '.')} ${status === 'canceled' ? AGAIN_IF_CANCELED : AGAIN}`,
    )
    this.queue = queue
    this.key = key
    this.result = result
  }
}

const AGAIN =
  'The same call gets this end again; with retryFailed it is sent anew, with another salt it is another request.'
const AGAIN_IF_CANCELED = 'The same call sends it anew.'
