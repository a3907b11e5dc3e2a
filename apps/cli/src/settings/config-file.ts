import type { QueueName } from '@halfrate/core'
import type { PolicyChanges } from '@halfrate/runtime'
import type { DeclaredBudget } from './read-budgets.js'
import type { GivenSettings } from './settle.js'

/** What a config file says, checked. */
export interface ConfigFile {
  /** Its name in the folder, such as `halfrate.config.ts`. */
  readonly name: string
  /** Settings, each as its flag takes it. */
  readonly settings: GivenSettings
  /** Queues and what is said of their policies; null when the file does not speak of queues. */
  readonly queues: ReadonlyMap<QueueName, PolicyChanges> | null
  /** Budgets, each whole; null when the file does not speak of budgets. */
  readonly budgets: readonly DeclaredBudget[] | null
}
