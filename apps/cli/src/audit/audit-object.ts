import type {
  FeatureReport,
  ModelReport,
  MoneySplit,
  SavingRange,
  Standing,
  StandingMoney,
} from '@halfrate/core/audit'
import { usdText } from '@halfrate/core/money'
import { type AuditFindings, monthly } from './audit-findings.js'
import { questionOf } from './audit-question.js'
import { blindSpots, isSnippetOfUse } from './blind-spots.js'
import { USAGE_SNIPPET } from './usage-snippet.js'

const STANDINGS: readonly Standing[] = ['batched', 'ready', 'likely', 'open', 'no']

/** The audit as one object for programs; amounts are of the whole period unless they say `month`. */
export function auditObject(findings: AuditFindings, exitCode: number): object {
  const { files, timeZone, tally, report, margin, pricesReadOn } = findings
  const { period, money, saves, features, models, hours } = report
  return {
    ...{ type: 'audit', files, source: tally.kind, time_zone: timeZone },
    rows: tally.read,
    bad_rows: tally.bad,
    first_bad_rows: tally.firstBad,
    cut_off: tally.cutOff,
    unfinished_reports: tally.unfinished,
    prices_read_on: pricesReadOn,
    period:
      period === null
        ? null
        : { from: iso(period.fromAt), until: iso(period.untilAt), days: period.days },
    ...moneyObject(money),
    saves_usd: rangeObject(saves),
    saves_usd_month: period === null ? null : rangeObject(monthly(saves, period)),
    gross_margin:
      margin === null
        ? null
        : {
            before: share(margin.low.before),
            after: { low: share(margin.low.after), high: share(margin.high.after) },
          },
    features: features.map((feature) => featureObject(feature, findings)),
    models: models.map((model) => modelObject(model)),
    hours: hours.map(({ realtimeNano, batchNano }, hour) => ({
      ...{ hour, realtime_usd: usdText(realtimeNano), batch_usd: usdText(batchNano) },
    })),
    notes: blindSpots(findings),
    snippet: isSnippetOfUse(findings) ? USAGE_SNIPPET : null,
    exit_code: exitCode,
  }
}

function featureObject(feature: FeatureReport, { report }: AuditFindings): object {
  const { kind, pattern, reasons, openHoursNano, models, saves, money } = feature
  return {
    ...{ feature: feature.feature, kind, ...moneyObject(money) },
    saves_usd: rangeObject(saves),
    saves_usd_month: report.period === null ? null : rangeObject(monthly(saves, report.period)),
    pattern,
    question: questionOf(feature, report.period)?.text ?? null,
    reasons: reasons.map(({ reason, records, spentNano }) => ({
      ...{ reason, rows: records, cost_usd: usdText(spentNano) },
    })),
    open_usd_by_hour: openHoursNano.map((nano) => usdText(nano)),
    models: models.map((model) => modelObject(model)),
  }
}

function modelObject({ model, money, comparison }: ModelReport): object {
  return {
    ...{ model, ...moneyObject(money) },
    comparison:
      comparison === null
        ? null
        : {
            realtime_usd: usdText(comparison.realtimeNano),
            batch_usd: usdText(comparison.batchNano),
            cheaper: comparison.cheaper.map((each) => ({
              model: each.model,
              realtime_usd: usdText(each.realtimeNano),
              batch_usd: usdText(each.batchNano),
              counts_more_tokens: each.isRecounted,
            })),
          },
  }
}

function moneyObject({ records, calls, unpriced, spentNano, byStanding }: MoneySplit): object {
  const parts = STANDINGS.map((standing) => [standing, standingObject(byStanding[standing])])
  return {
    ...{ records, calls, unpriced, cost_usd: usdText(spentNano) },
    standing: Object.fromEntries(parts),
  }
}

function standingObject(money: StandingMoney): object {
  return {
    rows: money.records,
    cost_usd: usdText(money.spentNano),
    saves_usd: rangeObject({ lowNano: money.savesLowNano, highNano: money.savesHighNano }),
    dearer_usd: usdText(money.dearerNano),
  }
}

function rangeObject({ lowNano, highNano }: SavingRange): object {
  return { low: usdText(lowNano), high: usdText(highNano) }
}

// Hundredths of a per cent as a share, such as 0.85.
function share(hundredths: number): number {
  return hundredths / 10_000
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
