import { totalOf } from '@halfrate/core'
import { usdShort, usdText } from '@halfrate/core/money'
import { sameCommand } from '../run/self-command.js'
import type { SalvageReport } from '../salvage/salvage-batches.js'
import { countOf, countText } from './number-text.js'
import { instantText } from './time-text.js'

// More of them are counted: somebody else's thousand batches are nothing to read.
const MOST_NAMED = 10

/** What a salvage found, in lines of text. */
export function salvageLines(
  report: SalvageReport,
  facts: {
    /** Where rows go; null for standard output. */
    readonly output: string | null
    /** Whether they went there. */
    readonly isWritten: boolean
    /** How the input is called; null without one. */
    readonly inputName: string | null
  },
): readonly string[] {
  return [
    batchesLine(report),
    ...shortLines(report),
    ...lostLines(report),
    ...(report.short.length + report.unread.length > 0
      ? [`what is missing may be there later: ${sameCommand()}`]
      : []),
    ...rowLines(report, facts),
    ...keyLines(report, facts.inputName),
    ...runningLines(report),
  ]
}

/** The same for programs. */
export function salvageObject(report: SalvageReport, output: string | null): object {
  const { written, running, short } = report
  return {
    type: 'salvage',
    workspace_id: report.workspaceId,
    batches: {
      salvaged: report.own,
      foreign: report.foreign,
      running: running.map((batch) => ({
        batch_id: batch.id,
        requests: totalOf(batch.counts),
        expires_at: new Date(batch.expiresAt).toISOString(),
      })),
      gone: report.gone.map(lostObject),
      unread: report.unread.map(lostObject),
      short: short.map(({ batchId, missing, broken }) => ({
        batch_id: batchId,
        missing,
        broken_lines: broken,
      })),
      older_passed_over: report.hasOlder,
    },
    rows: written.rows,
    requests: written.requests,
    usable: written.usable,
    keys: written.keys,
    cost_usd: written.unpriced > 0 ? null : usdText(written.costNano),
    unpriced_rows: written.unpriced,
    output,
  }
}

function lostObject({ batchId, problem }: SalvageReport['gone'][number]): object {
  return { batch_id: batchId, problem }
}

function batchesLine(report: SalvageReport): string {
  const { workspaceId, own, foreign, running, gone, unread, hasOlder } = report
  const all = own + foreign + running.length + gone.length + unread.length
  const parts = [
    `${countText(own)} of Halfrate`,
    ...(foreign > 0 ? [`${countText(foreign)} of other programs (left alone)`] : []),
    ...(running.length > 0 ? [`${countText(running.length)} not ended`] : []),
    ...(gone.length > 0 ? [`${countText(gone.length)} not there`] : []),
    ...(unread.length > 0 ? [`${countText(unread.length)} not read`] : []),
  ]
  const older = hasOlder ? '; older ones are past the 29 days for which Claude keeps results' : ''
  const where = workspaceId === null ? '' : ` in workspace ${workspaceId}`
  if (all === 0) return `no batches${where}${older}; was it another one that they were sent in?`
  return `${countOf(all, 'batch', 'batches')}${where}: ${parts.join(', ')}${older}`
}

function shortLines({ short }: SalvageReport): readonly string[] {
  const lines = short.map(({ batchId, found, missing, broken }) => {
    const why = broken === 0 ? '' : ` (${countOf(broken, 'broken line')})`
    return `${batchId}: ${countText(missing)} of its ${countOf(found + missing, 'result')} could not be read${why}`
  })
  return named(lines, 'batch', 'batches')
}

function lostLines({ gone, unread }: SalvageReport): readonly string[] {
  const goneLines = gone.map(({ batchId, problem }) => `${batchId}: not there: ${problem}`)
  const unreadLines = unread.map(({ batchId, problem }) => `${batchId}: not read: ${problem}`)
  return [...named(goneLines, 'batch', 'batches'), ...named(unreadLines, 'batch', 'batches')]
}

function rowLines(
  { written }: SalvageReport,
  { output, isWritten }: { readonly output: string | null; readonly isWritten: boolean },
): readonly string[] {
  const { rows, requests, usable, costNano, unpriced } = written
  const where = output === null ? '' : ` to ${output}`
  if (rows === 0) return [`nothing to write${where}`]
  const unknown = unpriced === 0 ? '' : `, ${countOf(unpriced, 'row')} of unknown cost`
  const poor = requests - usable
  return [
    `${isWritten ? 'wrote' : 'did not write'} ${countOf(rows, 'row')}${where}; ${usdShort(costNano)} paid${unknown}`,
    ...(poor > 0 ? [`${countText(poor)} without a usable answer: error says why`] : []),
    ...(rows > requests
      ? [
          `${countOf(rows - requests, 'row')} behind a better one of the same key: result is above 1`,
        ]
      : []),
  ]
}

function keyLines({ written }: SalvageReport, inputName: string | null): readonly string[] {
  const { id, input, none, unmatched, several } = written.keys
  const known = [
    ...(id > 0 ? [`${countText(id)} whole in their ids`] : []),
    ...(input > 0 ? [`${countText(input)} found in ${inputName}`] : []),
  ]
  const unmatchedWhy =
    inputName === null
      ? 'have only a part of it in their ids; --input FILE finds the rest'
      : `have ids that fit no key of ${inputName}`
  return [
    ...(known.length > 0 ? [`keys: ${known.join(', ')}`] : []),
    ...keyless(none, 'have nothing of it in their ids; they stand in the order of their intake'),
    ...keyless(unmatched, unmatchedWhy),
    ...keyless(several, `have ids that fit several keys of ${inputName}`),
  ]
}

function keyless(count: number, why: string): readonly string[] {
  return count === 0 ? [] : [`key not known: ${countText(count)} ${why}`]
}

function runningLines({ running, now }: SalvageReport): readonly string[] {
  if (running.length === 0) return []
  const lines = running.map((batch) => {
    const until = instantText(batch.expiresAt, now)
    return `${batch.id}: ${countOf(totalOf(batch.counts), 'request')}, ends by ${until}`
  })
  return [
    ...named(lines, 'batch that has not ended', 'batches that have not ended'),
    `whose they are shows at their end; then again: ${sameCommand()}`,
  ]
}

function named(lines: readonly string[], noun: string, plural: string): readonly string[] {
  if (lines.length <= MOST_NAMED) return lines
  const rest = countOf(lines.length - MOST_NAMED, `more ${noun}`, `more ${plural}`)
  return [...lines.slice(0, MOST_NAMED), `and ${rest}; --json names all`]
}
