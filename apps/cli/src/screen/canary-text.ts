import type { EngineEvent } from '@halfrate/core'
import type { CanaryFinding } from '@halfrate/core/canary'
import type { CanaryReport } from '@halfrate/runtime'
import { reasonText } from './batch-words.js'
import { commandText } from './command-text.js'
import { countOf, countText } from './number-text.js'

type CanaryOver = Extract<EngineEvent, { type: 'canary_over' }>

/** How the canary of a job ended, in one line. */
export function canaryOverText(
  event: Pick<CanaryOver, 'queue' | 'state' | 'size' | 'finding'>,
): string {
  const { queue, state, size, finding } = event
  const of = `of a job in queue ${queue}`
  switch (state) {
    case 'passed':
      return `the first ${countOf(size, 'row')} ${of} came back good enough; the rest goes`
    case 'skipped':
      return `the rest ${of} goes without its first rows being back: it would miss its deadline`
    case 'stopped':
      return `the rest ${of} is not sent: ${finding === null ? 'its first rows failed' : findingText(finding)}`
  }
}

/** The same for programs. */
export function canaryOverObject(event: CanaryOver, message: string): object {
  const { queue, state, size, finding } = event
  const at = new Date(event.at).toISOString()
  return { type: 'canary', at, queue, state, size, finding, message }
}

/**
 * What the rest of a job waits for, and what to do about it where that is for somebody to decide. `jobFlag` is ` --job NAME`, as a shell
 * takes it.
 */
export function canaryText(canary: CanaryReport, jobFlag: string, storeFlag: string): string {
  const { state, size, finding } = canary
  if (state === 'away' || finding === null) {
    return size === 1
      ? 'the first row goes alone, and the rest when it is good'
      : `the first ${countText(size)} rows go alone, and the rest when they are good`
  }
  return `the rest is not sent: ${findingText(finding)}. Correct the rows and run them with --changed, or ${commandText(`resume${jobFlag}`, storeFlag)} sends the rest as it is`
}

function findingText({ failed, of, alike, reason, detail }: CanaryFinding): string {
  const by = detail === null ? reasonText(reason) : `${reasonText(reason)} (${detail})`
  const all = alike === failed ? '' : `, ${countText(alike)} of them`
  return `of the first ${countOf(of, 'row')} ${countText(failed)} failed${all} as ${by}`
}
