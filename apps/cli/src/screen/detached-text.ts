import type { NanoUsd } from '@halfrate/core'
import { usdShort } from '@halfrate/core/money'
import { commandText } from './command-text.js'
import { countOf } from './number-text.js'

/** What is known when a run leaves its batches to themselves. */
export interface DetachedFacts {
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
  readonly rowsAtClaude: number
  readonly batches: number
  /** Rows that wait for the cap of the job, and the cap; null where it lets all go. */
  readonly forCap: { readonly rows: number; readonly capNano: NanoUsd } | null
  /** Rows that wait until the first ones of the job are back. */
  readonly forCanary: number
  /** Rows that wait until one of the job has written what they share to the cache. */
  readonly forPrimer: number
}

/** Says that everything is sent, or all that fits under the cap; the command that goes on follows. */
export function detachedText(facts: DetachedFacts): string {
  const { rowsAtClaude, batches, forCap, forCanary, forPrimer, storeFlag } = facts
  const there = `${countOf(rowsAtClaude, 'row')} in ${countOf(batches, 'batch', 'batches')} at Claude`
  if (forCap !== null) {
    const waits = `${countOf(forCap.rows, 'row')} ${forCap.rows === 1 ? 'waits' : 'wait'} for it`
    const first = `what fits under the cap of ${usdShort(forCap.capNano)} is sent: ${there}; ${waits}`
    return `${first}. This waits for the answers, sends more as they cost less than was held for them, and writes them (${commandText('work --once', storeFlag)} goes on from cron):`
  }
  if (forCanary > 0 || forPrimer > 0) {
    const rows = Math.max(forCanary, forPrimer)
    const until = forCanary > 0 ? 'until they are back and good' : 'to read what they cache'
    const waits = `${countOf(rows, 'row')} ${rows === 1 ? 'waits' : 'wait'} ${until}`
    return `the first rows are sent: ${there}; ${waits}. This waits for the answers, sends the rest, and writes them (${commandText('work --once', storeFlag)} goes on from cron):`
  }
  const sent = `everything is sent: ${there}`
  return `${sent}. This waits for the answers and writes them (${commandText('work --once', storeFlag)} collects from cron):`
}
