import { parseCustomId, type RequestId } from '@halfrate/core'
import { type KeyTail, readKeyTail } from '@halfrate/core/intake'

/** What a custom id of Halfrate's says. */
export interface OwnId {
  readonly requestId: RequestId
  readonly tail: KeyTail
}

const HEAD_LENGTH = 42
const OWN_FORM = /^h1[0-9a-hjkmnp-tv-z]{40}[A-Za-z0-9_-]{0,22}$/

/**
 * Reads a custom id that some store of Halfrate's has made; null for one of another program.
 *
 * The key by which a store proves its own ids is lost with it, so the form has to do: 42 characters of which no other
 * program makes the like by chance. Which store it was can't be told.
 */
export function readOwnId(customId: string): OwnId | null {
  if (!OWN_FORM.test(customId)) return null
  const parts = parseCustomId(customId)
  if (parts === null) return null
  return { requestId: parts.requestId, tail: readKeyTail(customId.slice(HEAD_LENGTH)) }
}
