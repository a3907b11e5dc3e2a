import { type EpochMs, HalfrateError, type QueueName } from '@halfrate/core'

/** A deferred call whose deadline came before its answer. */
export class DeadlinePassedError extends HalfrateError {
  readonly queue: QueueName
  readonly key: string

  constructor(params: {
    readonly queue: QueueName
    readonly key: string
    readonly deadlineAt: EpochMs
  }) {
    const { queue, key, deadlineAt } = params
    super(
      'deadline_passed',
      `no answer came by ${new Date(deadlineAt).toISOString()} to key ${key} of queue ${queue}.`,
      'Nobody waits for it here any more, so it is taken back where it was not sent yet; what is answered all the same is kept. Call again with a later deadline, or make the call in real time.',
    )
    this.queue = queue
    this.key = key
  }
}
