import type { RemoteId } from '../model/ids.js'
import type { Candidate } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import type { EngineSettings } from './engine-settings.js'

/** A batch whose lines could not be read, although it ended. */
export interface Unreadable {
  readonly remoteId: RemoteId
  /** It answered that its file is not there; else it answered without one whole line that can be read. */
  readonly gone: boolean
}

/** What trying to read an ended batch has shown so far: the part of a {@link Candidate} that rises with every try. */
export type Reading = Pick<
  Candidate,
  'unreadableFetches' | 'firstUnreadableAt' | 'missingAnswers' | 'firstMissingAt' | 'vanished'
>

const UNREAD: Reading = { unreadableFetches: 0, firstUnreadableAt: null, vanished: false }

/**
 * Counts one more try to read a batch, which failed unless `unreadable` is undefined. It has vanished, and nobody waits
 * for it any more, after three answers over an hour without one whole line, or when its file was not there for hours.
 *
 * The two are counted apart: a 404 says nothing of what stands in the file, and users see 404s of an hour that heal.
 */
export function readingAfter(
  old: Reading | undefined,
  unreadable: Pick<Unreadable, 'gone'> | undefined,
  now: EpochMs,
  settings: EngineSettings,
): Reading {
  const { unreadableFetches, firstUnreadableAt, missingAnswers, firstMissingAt, vanished } =
    old ?? UNREAD
  if (unreadable === undefined) {
    const missing = missingAnswers === undefined ? {} : { missingAnswers, firstMissingAt }
    return { unreadableFetches, firstUnreadableAt, ...missing, vanished }
  }
  if (unreadable.gone) {
    const answers = (missingAnswers ?? 0) + 1
    const since = firstMissingAt ?? now
    const isGone = answers >= settings.goneTries && now - since >= settings.goneAfterMs
    const missing = { missingAnswers: answers, firstMissingAt: since }
    return { unreadableFetches, firstUnreadableAt, ...missing, vanished: vanished || isGone }
  }
  // The file is there, so that it is no longer missing.
  const fetches = unreadableFetches + 1
  const first = firstUnreadableAt ?? now
  const isTriedEnough = fetches >= settings.fetchesNeeded && now - first >= settings.fetchSpanMs
  return {
    unreadableFetches: fetches,
    firstUnreadableAt: first,
    vanished: vanished || isTriedEnough,
  }
}
