import {
  type CallHealth,
  type HandPause,
  laneHoldOf,
  laneOf,
  nextCreateAt,
  type Pause,
  type PauseReason,
  type PoisonIncident,
} from '@halfrate/core'
import type { PauseScope } from '@halfrate/runtime'
import { commandText } from './command-text.js'
import { durationText, instantText } from './time-text.js'

// A gap between batches that nobody would notice.
const WORTH_SAYING_MS = 30_000

const WORDS: Readonly<Record<PauseReason, string>> = {
  key_refused: 'Claude refuses the API key',
  billing: 'Claude takes no work because of billing',
  account_refused: 'Claude does not allow it',
  spend_limit: 'a spend limit is reached',
  rate_limited: 'Claude asked us to slow down',
  batches_refused: 'Claude refuses every batch',
  unknown: 'Claude refused a batch',
}

/** Why sending pauses by itself, what was said, and when it is tried again. */
export function pauseText(pause: Pause, now: number, timeZone?: string): string {
  const said = pause.error.message === '' ? '' : ` (${pause.error.message.replace(/\.$/, '')})`
  const next =
    pause.until > now
      ? `tried again at ${instantText(pause.until, now, timeZone)}`
      : 'tried again with the next batch'
  return `${WORDS[pause.reason]}${scopeText(pause)}${said}; ${next}`
}

/** Why batches of a lane rest after many were refused; null while they do not. */
export function restText(incident: PoisonIncident, now: number, timeZone?: string): string | null {
  const hold = laneHoldOf(incident, now)
  if (hold?.type !== 'rest') return null
  const until = instantText(hold.until, now, timeZone)
  const what = `Claude refuses batches for something in them${scopeText(incident)}`
  return `${what}; ${incident.creates} tries did not find every such request, and the next is at ${until}`
}

/** What makes batches wait for a while without a pause; null for nothing. */
export function slowText(health: CallHealth | null, now: number, timeZone?: string): string | null {
  if (health === null) return null
  const { pace, breakers } = health
  if (pace.queueFull !== null && pace.queueFull.until > now) {
    return 'Claude has too many requests in line; the next batch goes when one of ours ends'
  }
  const openUntil = breakers.create?.openUntil ?? 0
  if (openUntil > now) {
    return `Claude did not answer several times; tried again at ${instantText(openUntil, now, timeZone)}`
  }
  const nextAt = nextCreateAt(pace)
  if (nextAt - now < WORTH_SAYING_MS) return null
  return `Claude asked us to slow down; next batch at ${instantText(nextAt, now, timeZone)}`
}

function scopeText({ lane }: { readonly lane: string | null }): string {
  if (lane === null) return ''
  const { betas, userProfileId } = laneOf(lane)
  const parts = [...betas, ...(userProfileId === null ? [] : [`user profile ${userProfileId}`])]
  return parts.length === 0 ? '' : ` with ${parts.join(', ')}`
}

/** A pause by hand: of what, since when, why, and what ends it; `storeFlag` is ` --store FILE` or empty. */
export function handPauseText(
  pause: HandPause,
  scope: PauseScope,
  now: number,
  storeFlag: string,
): string {
  const note = pause.note === null ? '' : ` (${pause.note})`
  const how = commandText(`resume${pauseFlag(scope)}`, storeFlag)
  return `${pausedText(scope)}paused by hand ${durationText(now - pause.since)} ago${note}; ${how} ends it`
}

/** The flag by which `pause` and `resume` name a scope, with a blank before it; empty for the account, which they mean without. */
export function pauseFlag(scope: PauseScope): string {
  switch (scope.type) {
    case 'store':
      return ' --all'
    case 'account':
      return ''
    case 'project':
      return ` --project ${scope.project}`
    case 'queue':
      return ` --queue ${scope.queue}`
  }
}

/** What a pause holds back, with a blank behind it; empty for the account. */
export function pausedText(scope: PauseScope): string {
  switch (scope.type) {
    case 'store':
      return 'the whole store '
    case 'account':
      return ''
    case 'project':
      return `project ${scope.project} `
    case 'queue':
      return `queue ${scope.queue} `
  }
}
