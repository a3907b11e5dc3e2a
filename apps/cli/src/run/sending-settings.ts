import { ConfigError, type QueuePolicy } from '@halfrate/core'
import { costCap, dollars, oneOf, onOrOff, someOf, wholeNumber } from '../flags/parse-flag.js'
import { DEFAULT_CONFIRM_ABOVE, type SendingRules } from '../preflight/permission.js'
import { NOTIFY_FORMATS, type NotifyTarget, notifyUrl } from './notify.js'

/** Flags about what is sent, who is asked before, and who is told in the end, as they were typed. */
export interface SendingFlags {
  readonly yes?: boolean | undefined
  readonly dryRun?: boolean | undefined
  readonly countTokens?: boolean | undefined
  readonly limit?: string | undefined
  readonly confirmAbove?: string | undefined
  readonly maxCost?: string | undefined
  readonly accept?: string | undefined
  readonly keyTails?: string | undefined
  readonly detach?: boolean | undefined
  readonly notify?: string | undefined
  readonly notifyFormat?: string | undefined
}

/** The same as a run takes them. */
export interface SendingSettings {
  readonly rules: Omit<SendingRules, 'canAsk'>
  readonly isDryRun: boolean
  readonly isToCount: boolean
  readonly isDetached: boolean
  readonly limit: number | undefined
  readonly accept: QueuePolicy['accept'] | undefined
  readonly keyTails: boolean | undefined
  readonly notify: NotifyTarget | undefined
}

const MOST_ROWS = 1_000_000_000

/**
 * Reads the flags.
 *
 * @throws {ConfigError} when one can't be used, or two don't go together.
 */
export function sendingSettingsOf(flags: SendingFlags): SendingSettings {
  const { dryRun = false, detach = false, confirmAbove, maxCost, limit, accept } = flags
  if (dryRun && detach) throw twoFlags('--dry-run', '--detach')
  const read = <Value>(text: string | undefined, reader: (text: string) => Value) =>
    text === undefined ? undefined : reader(text)
  return {
    rules: {
      confirmAboveNano: read(confirmAbove, dollars('--confirm-above')) ?? DEFAULT_CONFIRM_ABOVE,
      isAgreed: flags.yes === true,
      maxCostNano: read(maxCost, costCap('--max-cost')) ?? null,
    },
    isDryRun: dryRun,
    isToCount: flags.countTokens === true,
    isDetached: detach,
    limit: read(limit, wholeNumber('--limit', 1, MOST_ROWS)),
    accept: read(accept, someOf('--accept', ['cut_off', 'refused', 'empty'])),
    keyTails: read(flags.keyTails, onOrOff('--key-tails')),
    notify: notifyTarget(flags),
  }
}

function notifyTarget({ notify, notifyFormat, detach }: SendingFlags): NotifyTarget | undefined {
  if (notify === undefined) {
    if (notifyFormat === undefined) return undefined
    throw new ConfigError(
      '--notify-format goes with --notify.',
      'Add --notify URL, or leave it out.',
    )
  }
  if (detach === true) throw twoFlags('--notify', '--detach')
  const format = oneOf('--notify-format', NOTIFY_FORMATS)(notifyFormat ?? 'json')
  return { url: notifyUrl(notify), format }
}

/** What is said when of two flags only one can be meant. */
export function twoFlags(one: string, other: string): ConfigError {
  return new ConfigError(`${one} and ${other} can't go together.`, `Choose one. Nothing was sent.`)
}
