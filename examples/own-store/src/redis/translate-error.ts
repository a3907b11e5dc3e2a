import { ConfigError, HalfrateError, InvariantError, StoreUnavailableError } from '@halfrate/core'
import { ErrorReply } from '@redis/client'

// What passes: starting, busy, out of room, a replica for the moment, a disk that refuses.
const PASSING = /^(LOADING|BUSY|OOM|MISCONF|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS)\b/
const REFUSED = /^(NOAUTH|WRONGPASS|NOPERM)\b/

/** Turns an error of the client or the server into one of the family, with its cause. */
export function translateError(error: unknown): Error {
  if (error instanceof HalfrateError) return error
  const cause = error instanceof Error ? error : undefined
  const said = cause?.message ?? String(error)
  if (!(error instanceof ErrorReply)) {
    return new StoreUnavailableError(`Redis can't be reached (${said}).`, { cause })
  }
  if (PASSING.test(said))
    return new StoreUnavailableError(`Redis refuses for now (${said}).`, { cause })
  if (REFUSED.test(said)) {
    return new ConfigError(
      `Redis refuses this user (${said}).`,
      'Check user and password of the URL and the rules of the user.',
      { cause },
    )
  }
  return new InvariantError(`Redis did not understand us (${said}).`, { cause })
}
