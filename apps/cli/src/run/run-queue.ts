import type { QueueName } from '@halfrate/core'

/** The queue that `run` fills; its policy sends at once. */
export const RUN_QUEUE: QueueName = 'run' as QueueName
