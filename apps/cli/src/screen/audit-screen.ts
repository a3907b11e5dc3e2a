import type { FeatureReport, ModelReport, Standing } from '@halfrate/core/audit'
import { usdShort } from '@halfrate/core/money'
import { type AuditFindings, monthly } from '../audit/audit-findings.js'
import { questionOf } from '../audit/audit-question.js'
import {
  featureName,
  mainStanding,
  marginsText,
  marginText,
  periodText,
  rangeText,
  STANDING_TEXTS,
  savingText,
  spentText,
} from '../audit/audit-words.js'
import { blindSpots } from '../audit/blind-spots.js'
import { flow } from './flow.js'
import { type Line, type Style, span } from './line.js'
import { countOf, countText } from './number-text.js'
import { tableLines } from './table-lines.js'

const STYLES: Readonly<Record<Standing, Style>> = {
  ready: 'green',
  likely: 'green',
  open: 'yellow',
  no: 'dim',
  batched: 'cyan',
}
const SHOWN_MODELS = 6
const WIDE = 80
const STANDINGS: readonly Standing[] = ['ready', 'likely', 'open', 'no', 'batched']

/** The audit for a terminal of 60 columns or more. */
export function auditScreen(findings: AuditFindings, width: number): readonly Line[] {
  return [
    ...headLines(findings, width),
    [],
    ...standingLines(findings, width),
    [],
    ...featureLines(findings, width),
    ...section('Does it have to be synchronous?', questionLines(findings, width)),
    ...section('The same tokens, at list prices, over the period', modelLines(findings, width)),
    ...section('To know before you decide', spotLines(findings, width)),
  ]
}

function headLines(findings: AuditFindings, width: number): readonly Line[] {
  const { files, timeZone, report, margin } = findings
  const { period, money, saves } = report
  const name = files.length === 1 ? String(files[0]) : countOf(files.length, 'file')
  const cells: Line[] = [
    [span('audit of '), span(name, 'bold')],
    [span(money.calls > 0 ? countOf(money.calls, 'call') : countOf(money.records, 'row'))],
    [span(periodText(period, timeZone))],
  ]
  const lines = [...flow(cells, { width, hang: 3 })]
  const spent: Line[] = [
    [span('spent '), span(spentText(money), 'bold')],
    [span('could save '), span(savingText(saves, period), 'green')],
  ]
  lines.push(...flow(spent, { width }))
  if (margin === null) return lines
  const text = `gross margin ${marginText(margin.low.before)}, then ${marginsText(margin)}`
  return [...lines, ...flow([[span(text, 'bold')]], { width })]
}

function standingLines({ report }: AuditFindings, width: number): readonly Line[] {
  const { period, money } = report
  const rows = STANDINGS.flatMap((standing) => {
    const { spentNano, savesLowNano, savesHighNano } = money.byStanding[standing]
    if (spentNano === 0n) return []
    const saves = { lowNano: savesLowNano, highNano: savesHighNano }
    const { name, about } = STANDING_TEXTS[standing]
    return [
      [
        { text: name, style: STYLES[standing] },
        { text: usdShort(spentNano) },
        { text: rangeText(period === null ? saves : monthly(saves, period)) },
        ...(width >= WIDE ? [{ text: about, style: 'dim' as const }] : []),
      ],
    ]
  })
  const columns = [
    { title: 'half price?', align: 'left' as const },
    { title: 'spent', align: 'right' as const },
    { title: savesTitle(period !== null), align: 'right' as const },
    ...(width >= WIDE ? [{ title: 'because', align: 'left' as const }] : []),
  ]
  return tableLines(columns, rows, width)
}

function featureLines(findings: AuditFindings, width: number): readonly Line[] {
  const { report, top } = findings
  const isWide = width >= WIDE
  const rows = report.features.slice(0, top).map((feature) => {
    const standing = mainStanding(feature)
    return [
      { text: featureName(feature), style: 'bold' as const },
      ...(isWide ? [{ text: countText(feature.money.records) }] : []),
      { text: spentText(feature.money) },
      { text: savesOf(feature, findings) },
      { text: STANDING_TEXTS[standing].name, style: STYLES[standing] },
    ]
  })
  const columns = [
    { title: 'feature', align: 'left' as const },
    ...(isWide ? [{ title: 'rows', align: 'right' as const }] : []),
    { title: 'spent', align: 'right' as const },
    { title: savesTitle(report.period !== null), align: 'right' as const },
    { title: 'half price?', align: 'left' as const },
  ]
  const lines = tableLines(columns, rows, width)
  const more = report.features.length - rows.length
  const rest = `${countOf(more, 'more feature')}; --top ${report.features.length} shows all`
  return more <= 0 ? lines : [...lines, ...flow([[span(rest, 'dim')]], { width })]
}

function savesOf(feature: FeatureReport, { report: { period } }: AuditFindings): string {
  return rangeText(period === null ? feature.saves : monthly(feature.saves, period))
}

function savesTitle(isMonthly: boolean): string {
  return isMonthly ? 'saves a month' : 'saves'
}

function questionLines({ report, top }: AuditFindings, width: number): readonly Line[] {
  return report.features.slice(0, top).flatMap((feature) => {
    const question = questionOf(feature, report.period)
    if (question === null) return []
    const text: Line = [span(`${question.feature}: `, 'bold'), span(question.text)]
    return flow([text], { width, hang: 3 })
  })
}

function modelLines({ report }: AuditFindings, width: number): readonly Line[] {
  const shown = report.models.filter(({ comparison }) => comparison !== null).slice(0, SHOWN_MODELS)
  const lines = shown.flatMap((model) => modelCells(model, width))
  const isRecounted = shown.some(({ comparison }) =>
    comparison?.cheaper.some((each) => each.isRecounted),
  )
  const warning = '* counts about 30 % more tokens for the same text, which is reckoned in'
  const foot = isRecounted ? flow([[span(warning, 'dim')]], { width, hang: 3 }) : []
  return [...lines, ...foot]
}

function modelCells({ model, comparison }: ModelReport, width: number): readonly Line[] {
  if (comparison === null) return []
  const { realtimeNano, batchNano, cheaper } = comparison
  const cells: Line[] = [
    [
      span(`${model ?? ''} `, 'bold'),
      span(`${usdShort(realtimeNano)}, in batch ${usdShort(batchNano)}`),
    ],
    ...cheaper.map((each): Line => {
      const star = each.isRecounted ? '*' : ''
      const amounts = `${usdShort(each.realtimeNano)}, in batch ${usdShort(each.batchNano)}`
      return [span(`${each.model}${star} `, 'dim'), span(amounts)]
    }),
  ]
  return flow(cells, { width, hang: 3 })
}

function spotLines(findings: AuditFindings, width: number): readonly Line[] {
  return blindSpots(findings).flatMap((spot) => flow([[span(`· ${spot}`)]], { width, hang: 3 }))
}

function section(title: string, lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [[], [span(` ${title}`, 'bold')], ...lines]
}
