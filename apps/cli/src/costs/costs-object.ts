import type { CacheReport, CostFigures, CostsReport } from '@halfrate/runtime'
import { costColumns } from './cost-columns.js'
import type { CostWindow } from './cost-window.js'

/** Costs as one object for programs. */
export function costsObject(report: CostsReport, window: CostWindow, exitCode: number): object {
  return {
    ...{ type: 'costs', by: report.by, time_zone: report.timeZone },
    ...{ since: iso(window.since), until: iso(window.until) },
    rows: report.lines.map(({ group, ...figures }) => ({
      group: Object.fromEntries(report.by.map((name, index) => [name, group[index] ?? null])),
      ...figuresObject(figures),
    })),
    other: report.other === null ? null : figuresObject(report.other),
    total: figuresObject(report.total),
    caches: cachesObject(report.caches),
    exit_code: exitCode,
  }
}

function cachesObject(caches: CacheReport | null): object | null {
  if (caches === null) return null
  const { readTokens, writtenTokens, savedUsd, unpriced, predictedReadTokens: predicted } = caches
  return {
    ...{ read_tokens: readTokens, written_tokens: writtenTokens, saved_usd: savedUsd, unpriced },
    predicted_read_tokens_low: predicted?.low ?? null,
    predicted_read_tokens_high: predicted?.high ?? null,
  }
}

function figuresObject(figures: CostFigures): object {
  return { ...costColumns(figures), unpriced_by_model: figures.unpricedByModel }
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
