import { ConfigError, type NanoUsd } from '@halfrate/core'
import { usdShort } from '@halfrate/core/money'
import { countOf } from '../screen/number-text.js'
import type { PreflightFacts } from '../screen/preflight-screen.js'
import { rangeText } from '../screen/range-text.js'

/** What has to be so for rows to be sent. */
export interface SendingRules {
  /** The high end of the estimate up to which nobody is asked. */
  readonly confirmAboveNano: NanoUsd
  /** The caller said yes beforehand. */
  readonly isAgreed: boolean
  /** The cap that is given to the job, `none` to take it away; null to leave the one that it has. */
  readonly maxCostNano: NanoUsd | 'none' | null
  /** Whether there is somebody to ask. */
  readonly canAsk: boolean
}

// As many answers as a person looks at.
const TRIED_ROWS = 10

/** Whether rows may be sent. */
export type Permission =
  | { readonly type: 'send' }
  | { readonly type: 'ask' }
  | { readonly type: 'refused'; readonly error: ConfigError }

/** The `--confirm-above` of a run that has none, in nano-dollars. */
export const DEFAULT_CONFIRM_ABOVE: NanoUsd = 10_000_000_000 as NanoUsd

/**
 * Decides whether rows are sent, somebody is asked first, or nothing is sent.
 *
 * A cost that is not known counts as above any limit.
 */
export function permissionOf(facts: PreflightFacts, rules: SendingRules): Permission {
  if (facts.toSend === 0) return { type: 'send' }
  const tooDear = costRefusal(facts)
  if (tooDear !== null) return { type: 'refused', error: tooDear }
  const { highNano, basis } = facts.estimate.batch
  const isSmall = basis !== 'floor' && highNano <= rules.confirmAboveNano
  if (rules.isAgreed || isSmall) return { type: 'send' }
  if (rules.canAsk) return { type: 'ask' }
  return { type: 'refused', error: unasked(facts, rules.confirmAboveNano) }
}

/**
 * Why rows are not sent at all under the cap of their job, whatever anybody agreed to; null when they may be.
 *
 * Rows that wait from before are accepted already: what of them doesn't fit waits on. New ones are not accepted where even
 * the low end of what they cost doesn't fit.
 */
export function costRefusal(facts: PreflightFacts): ConfigError | null {
  const { budget, toSend, waiting, estimate } = facts
  if (budget === null || toSend === 0) return null
  const rows = countOf(toSend, 'row')
  const name = budget.isGiven ? '--max-cost' : `the cap of job ${facts.job},`
  const cap = `${name} ${usdShort(budget.capNano)}`
  const { batch, unpricedRows, leastNano } = estimate
  if (batch.basis === 'floor') {
    const way =
      unpricedRows > 0
        ? 'take a model with a known price, or give one to openHalfrate({ prices }) in a program'
        : 'take those rows out'
    return new ConfigError(
      `${cap}: what ${rows} can cost has no known limit: ${unknownText(facts)}.`,
      `Nothing was sent. Use --max-cost none, or ${way}.`,
    )
  }
  if (waiting === toSend || budget.usedNano + leastNano <= budget.capNano) return null
  const beside = budget.usedNano === 0 ? '' : `, and ${usdShort(budget.usedNano)} of it is used`
  return new ConfigError(
    `${cap}: ${rows} cost ${usdShort(leastNano)} in batch at the very least${beside}; ${rangeText(batch)} is likely.`,
    'Nothing was sent. Raise it, or send the first rows with --limit N.',
  )
}

function unasked(facts: PreflightFacts, confirmAboveNano: NanoUsd): ConfigError {
  const { batch } = facts.estimate
  const rows = countOf(facts.toSend, 'row')
  const limit = `--confirm-above ${usdShort(confirmAboveNano)}`
  const problem =
    batch.basis === 'floor'
      ? `what ${rows} cost is not known: ${unknownText(facts)}`
      : `${rows} may cost ${usdShort(batch.highNano)} in batch, more than ${limit}`
  return new ConfigError(
    `${problem}, and nobody can be asked here.`,
    `Nothing was sent. Add --yes to send ${facts.toSend === 1 ? 'it' : 'them'}${tryingText(facts)}.`,
  )
}

// A part of them helps only where its cost can be told and it is less than they are. What waits from before is sent with it.
function tryingText({ toSend, waiting, estimate }: PreflightFacts): string {
  const helps = estimate.batch.basis !== 'floor' && toSend - waiting > TRIED_ROWS
  return helps ? `, or --limit ${TRIED_ROWS} to try the first ones` : ''
}

function unknownText({ estimate }: PreflightFacts): string {
  const { unpricedRows, openEndedRows, models } = estimate
  if (unpricedRows > 0) {
    const model = models.find((each) => each.unpricedRows > 0)?.model ?? ''
    return `there is no price for ${JSON.stringify(model)}`
  }
  const brings = openEndedRows === 1 ? 'brings' : 'bring'
  return `${countOf(openEndedRows, 'row')} ${brings} in files, pages or tools of unknown size`
}
