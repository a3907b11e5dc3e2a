import {
  type AccountPauses,
  DEFAULT_QUEUE_POLICY,
  type EpochMs,
  type HandPause,
  isScheduled,
  type QueueOverview,
  type QueuePolicy,
} from '@halfrate/core'
import { commandText } from './command-text.js'
import { flow } from './flow.js'
import { type Line, listed, span } from './line.js'
import { countOf, countText } from './number-text.js'
import { pauseText } from './pause-text.js'
import { queueFiguresOf } from './queue-figures.js'
import { durationText } from './time-text.js'

/** What is known of one queue. */
export interface QueueFacts {
  readonly overview: QueueOverview
  readonly policy: QueuePolicy
  readonly pause: HandPause | null
}

/** What is known of the queues of a store. */
export interface QueuesFacts {
  readonly now: EpochMs
  readonly store: string
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
  /** What holds back every queue. */
  readonly account: Pick<AccountPauses, 'automatic'>
  /** Pauses by hand of every queue, for people. */
  readonly paused: readonly string[]
  readonly queues: readonly QueueFacts[]
}

/** Every queue at a glance: what waits and since when, what is at Claude, when it sends, what holds it back. */
export function queuesScreen(facts: QueuesFacts, width: number): readonly Line[] {
  const { now, store, storeFlag, account, paused, queues } = facts
  const lines = [...flow([[span('store '), span(store, 'bold')]], { width, hang: 7 })]
  const held = [...paused, ...account.automatic.map((pause) => pauseText(pause, now))]
  for (const text of held) lines.push(...flow([[span(text, 'yellow')]], { width, hang: 5 }))
  for (const queue of queues) lines.push(...queueLines(queue, facts, width))
  if (queues.length > 0) return lines
  const none = `no queues yet: ${commandText('enqueue FILE --queue NAME', storeFlag)} fills one`
  return [...lines, ...flow([[span(none)]], { width })]
}

function queueLines(queue: QueueFacts, facts: QueuesFacts, width: number): readonly Line[] {
  const { overview, policy, pause } = queue
  const { waiting, atClaude, answerLost } = queueFiguresOf(overview)
  const cells: Line[] = [
    [span(`queue ${overview.queue}`, 'bold')],
    [span(`waiting ${countText(waiting)}`)],
  ]
  if (overview.oldestWaitingAt !== null) {
    cells.push([span(`oldest ${durationText(facts.now - overview.oldestWaitingAt)}`)])
  }
  if (atClaude > 0) cells.push([span(`at Claude ${countText(atClaude)}`)])
  if (answerLost > 0) cells.push([span(`answer lost ${countText(answerLost)}`, 'yellow')])
  const lines = [...flow(cells, { width, hang: 5 })]
  const rules = policyText(policy).split(' · ')
  lines.push(...flow([listed(rules.map((rule) => span(rule, 'dim')))], { width, indent: 5 }))
  if (pause === null) return lines
  const name = overview.queue
  const note = pause.note === null ? '' : ` (${pause.note})`
  const text = `paused by hand ${durationText(facts.now - pause.since)} ago${note}; ${commandText(`queues resume ${name}`, facts.storeFlag)} ends it`
  return [...lines, ...flow([[span(text, 'yellow')]], { width, indent: 5 })]
}

/** A queue's policy in a sentence. */
export function policyText(policy: QueuePolicy): string {
  const parts = [
    flushText(policy),
    `lost answers: ${policy.onLostAnswer}`,
    `given up after ${countOf(policy.maxFailures, 'failure')} or ${durationText(policy.giveUpAfterMs)}`,
  ]
  if (policy.accept.length > 0) parts.push(`accepts ${policy.accept.join(', ')}`)
  if (policy.raiseMaxTokensTo > 0) {
    parts.push(`raises max_tokens to ${countText(policy.raiseMaxTokensTo)} once`)
  }
  if (policy.deadlineBatchRequests !== DEFAULT_QUEUE_POLICY.deadlineBatchRequests) {
    parts.push(`up to ${countText(policy.deadlineBatchRequests)} with a deadline`)
  }
  if (policy.continueAtMost > 0) {
    parts.push(`continues paused answers up to ${countOf(policy.continueAtMost, 'time')}`)
  }
  if (policy.askRefusedOf !== null) parts.push(`asks ${policy.askRefusedOf} once what was refused`)
  if (policy.outputSchema !== null) parts.push('sends back once what is not of its schema')
  if (policy.canary > 0) parts.push(`${countOf(policy.canary, 'row')} of each job first`)
  if (policy.primerWaitMs > 0) {
    parts.push(`waits up to ${durationText(policy.primerWaitMs)} for a row that writes the cache`)
  }
  if (policy.cachePrefix !== 'none') parts.push(CACHED[policy.cachePrefix])
  if (policy.routing === 'rules') {
    parts.push('in real time what a batch would bring too late')
    if (policy.whenFew === 'realtime') {
      parts.push(`in real time what comes alone, of fewer than ${countText(policy.fewADay)} a day`)
    }
  }
  if (policy.batchPercent < 100) {
    parts.push(`${policy.batchPercent} % in batches, the rest in real time`)
  }
  if (policy.rescue !== 'never') parts.push(RESCUES[policy.rescue])
  if (policy.keyTails) parts.push('ids end in keys')
  return parts.join(' · ')
}

const CACHED: Readonly<Record<Exclude<QueuePolicy['cachePrefix'], 'none'>, string>> = {
  '5m': 'has what rows share cached for 5 minutes',
  '1h': 'has what rows share cached for an hour',
}

const RESCUES: Readonly<Record<Exclude<QueuePolicy['rescue'], 'never'>, string>> = {
  reroute: 'what waited too long in real time',
  hedge: 'what is late in real time too, under its budget of hedges',
  cancel_batch_first: 'what is late in real time, its batch canceled first',
}

function flushText({ flush, maxBatchRequests }: QueuePolicy): string {
  const most = `batches of up to ${countText(maxBatchRequests)}`
  if (flush.ageMs === 0) return `sends at once, ${most}`
  const early = earlyText(flush)
  if (!isScheduled(flush)) return `sends ${early}, ${most}`
  const schedule = `sends by ${flush.schedule} in ${flush.timeZone}`
  return early === '' ? `${schedule}, ${most}` : `${schedule} or ${early}, ${most}`
}

function earlyText({ count, bytes, ageMs }: QueuePolicy['flush']): string {
  const sizes: string[] = []
  if (count !== undefined) sizes.push(countOf(count, 'request'))
  if (bytes !== undefined) sizes.push(`${countText(Math.ceil(bytes / 1_000_000))} MB`)
  const parts = sizes.length === 0 ? [] : [`at ${sizes.join(', ')}`]
  if (ageMs !== undefined) parts.push(`after ${durationText(ageMs)}`)
  return parts.join(' or ')
}
