import type { ComparedCounts, ReconciledLine } from '@halfrate/core/audit'
import { usdText } from '@halfrate/core/money'
import type { Reconciliation } from './reconcile.js'

/** A reconciliation as one object for programs; amounts are decimal text in dollars. */
export function reconcileObject(found: Reconciliation, exitCode: number): object {
  const { report, from, to, elsewhereNote } = found
  return {
    ...{ type: 'reconcile', since: dayText(from), until: dayText(to) },
    lines: report.lines.map((line) => lineObject(line)),
    unexplained: report.unexplained,
    realtime: report.realtime.map(({ model, costNano }) => ({
      ...{ model, cost_usd: usdText(costNano) },
    })),
    note: elsewhereNote,
    exit_code: exitCode,
  }
}

function lineObject(line: ReconciledLine): Readonly<Record<string, unknown>> {
  const { theirsNano, nanoBeyond } = line
  return {
    ...{ day: line.day, model: line.model, workspace_id: line.workspaceId },
    ours_usd: usdText(line.oursNano),
    theirs_usd: theirsNano === null ? null : usdText(theirsNano),
    difference_usd: nanoBeyond === null ? null : usdText(nanoBeyond),
    ours: countsObject(line.ours),
    theirs: countsObject(line.theirs),
    ...{ unpriced: line.unpriced, possibly_paid: line.possiblyPaid, causes: line.causes },
  }
}

function countsObject(counts: ComparedCounts): object {
  return {
    input_tokens: counts.inputTokens,
    output_tokens: counts.outputTokens,
    cache_read_tokens: counts.cacheReadTokens,
    cache_write_5m_tokens: counts.cacheWrite5mTokens,
    cache_write_1h_tokens: counts.cacheWrite1hTokens,
    web_searches: counts.webSearchRequests,
  }
}

function dayText(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
