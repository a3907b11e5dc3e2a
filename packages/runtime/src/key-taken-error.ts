import { HalfrateError } from '@halfrate/core'

const SHOWN_KEYS = 3

/** Keys that are there already with other params; those requests stand as they are. */
export class KeyTakenError extends HalfrateError {
  /** The keys, in the order in which they were given. */
  readonly keys: readonly string[]

  /** @param params - `othersStand`: whether the other requests of the call were enqueued all the same. */
  constructor(params: {
    readonly queue: string
    readonly keys: readonly string[]
    readonly othersStand: boolean
  }) {
    const { queue, keys, othersStand } = params
    const shown = keys.slice(0, SHOWN_KEYS).map((key) => JSON.stringify(key))
    const more = keys.length > SHOWN_KEYS ? ', …' : ''
    const rest = othersStand ? 'All others of the call were enqueued.' : 'Nothing was enqueued.'
    super(
      'key_conflict',
      `queue ${JSON.stringify(queue)} has ${shown.join(', ')}${more} with other params.`,
      `${rest} A key names one request for good: give changed params a key of their own.`,
    )
    this.keys = keys
  }
}
