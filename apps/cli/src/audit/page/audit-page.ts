import type {
  FeatureReport,
  HourReport,
  ModelReport,
  MoneySplit,
  Standing,
} from '@halfrate/core/audit'
import { usdShort } from '@halfrate/core/money'
import { countOf, countText, percentText } from '../../screen/number-text.js'
import { type AuditFindings, monthly } from '../audit-findings.js'
import { questionOf } from '../audit-question.js'
import {
  featureName,
  mainReasonText,
  mainStanding,
  marginsText,
  marginText,
  monthText,
  periodText,
  rangeText,
  STANDING_TEXTS,
  savingText,
  spentText,
} from '../audit-words.js'
import { blindSpots, isSnippetOfUse } from '../blind-spots.js'
import { USAGE_SNIPPET } from '../usage-snippet.js'
import { type Bar, type BarPart, hourBars, legend, lyingBars } from './bar-charts.js'
import { htmlText } from './html-text.js'
import { PAGE_STYLE } from './page-style.js'

const NO_BREAK = '\u00a0'

const STANDINGS: readonly Standing[] = ['ready', 'likely', 'open', 'no', 'batched']
const SHOWN_MODELS = 6

/** The audit as one page of HTML that needs nothing else: no script, no font, no network. */
export function auditPage(findings: AuditFindings): string {
  const title = 'Which calls to Claude could be half price'
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="dim">${htmlText(aboutText(findings))}</p>
${tiles(findings)}
${featureChart(findings)}
${questions(findings)}
${hourChart(findings)}
${modelChart(findings)}
${featureTable(findings)}
${notes(findings)}
</main>
</body>
</html>
`
}

function aboutText({ files, report, timeZone }: AuditFindings): string {
  const { money, period } = report
  const count = money.calls > 0 ? countOf(money.calls, 'call') : countOf(money.records, 'row')
  return `${count}, ${periodText(period, timeZone)}, from ${files.join(', ')}.`
}

function tiles({ report, margin }: AuditFindings): string {
  const { period, money, saves } = report
  const { byStanding, spentNano } = money
  const movable = byStanding.ready.spentNano + byStanding.likely.spentNano
  const open = byStanding.open.spentNano
  const shares = [movable, movable + open].map((nano) =>
    percentText(Number(nano), Number(spentNano)),
  )
  const when = period === null ? 'in all' : 'a month'
  const entries = [
    tile(
      `Spent ${when}`,
      period === null ? usdShort(spentNano) : monthText(spentNano, period).replace(' a month', ''),
    ),
    tile(
      `Could be saved ${when}`,
      rangeText(period === null ? saves : monthly(saves, period)),
      'good',
    ),
    tile('Could be half price', shareRange(shares)),
  ]
  if (margin !== null) {
    const label = `Gross margin, now ${marginText(margin.low.before)}`
    entries.push(tile(label, marginsText(margin), 'good'))
  }
  return `<section class="tiles">${entries.join('')}</section>`
}

// Two shares in per cent as one text: `27–43 %`.
function shareRange(shares: readonly string[]): string {
  const [low = '', high = ''] = shares
  return low === high ? low : `${low.replace(' %', '')}–${high}`
}

// A range that is too long for its tile breaks after its dash, and nowhere else.
function tile(label: string, value: string, look = ''): string {
  const text = htmlText(value.replaceAll(' ', NO_BREAK))
  return `<div class="tile ${look}"><span>${htmlText(label)}</span><b>${text}</b></div>`
}

function featureChart({ report, top }: AuditFindings): string {
  const { features, period, money } = report
  const bars = features.slice(0, top).map((feature): Bar => {
    return {
      name: featureName(feature),
      parts: partsOf(feature.money),
      value: monthText(feature.money.spentNano, period),
    }
  })
  const used = STANDINGS.filter((standing) => money.byStanding[standing].spentNano > 0n)
  const entries = used.map((standing) => {
    const { name, about } = STANDING_TEXTS[standing]
    return { look: standing, text: `${name}: ${about}` }
  })
  return `<h2>Where the money goes</h2>
${legend(entries)}
${lyingBars('Money by feature', bars)}`
}

function partsOf({ byStanding }: MoneySplit): readonly BarPart[] {
  return STANDINGS.map((standing) => {
    const { spentNano } = byStanding[standing]
    const about = `${STANDING_TEXTS[standing].name}: ${usdShort(spentNano)}`
    return { nano: spentNano, look: standing, about }
  })
}

function questions({ report, top }: AuditFindings): string {
  const asked = report.features.slice(0, top).flatMap((feature) => {
    const question = questionOf(feature, report.period)
    return question === null ? [] : [{ feature, question }]
  })
  if (asked.length === 0) return ''
  const entries = asked.map(
    ({ feature, question }) =>
      `<dt>${htmlText(question.feature)} <small>${htmlText(monthText(feature.money.spentNano, report.period))}</small></dt><dd>${htmlText(question.text)}</dd>`,
  )
  return `<h2>Does it have to be synchronous?</h2>
<p class="dim">The question to ask of each feature, dearest first.</p>
<dl>${entries.join('\n')}</dl>`
}

function hourChart({ report, timeZone }: AuditFindings): string {
  const { hours, shown } = report
  if (shown.hour === 0) return ''
  const bars = hours.map((hour, index) => hourParts(hour, index))
  const hasBatch = hours.some(({ batchNano }) => batchNano > 0n)
  const entries = [
    { look: 'now', text: 'real time' },
    ...(hasBatch ? [{ look: 'batched', text: 'in batches already' }] : []),
  ]
  return `<h2>When it is spent</h2>
<p class="dim">By the hour of the day (${htmlText(timeZone)}), all days together. What runs by night rarely has somebody waiting.</p>
${legend(entries)}
${hourBars('Money by hour of the day', bars)}`
}

function hourParts({ realtimeNano, batchNano }: HourReport, hour: number): readonly BarPart[] {
  const from = `${String(hour).padStart(2, '0')}:00`
  return [
    { nano: realtimeNano, look: 'now', about: `${from} real time ${usdShort(realtimeNano)}` },
    { nano: batchNano, look: 'batched', about: `${from} in batches ${usdShort(batchNano)}` },
  ]
}

function modelChart({ report }: AuditFindings): string {
  const shown = report.models.filter(({ comparison }) => comparison !== null).slice(0, SHOWN_MODELS)
  if (shown.length === 0) return ''
  const bars = shown.flatMap((model) => modelBars(model))
  const isRecounted = shown.some(({ comparison }) =>
    comparison?.cheaper.some((each) => each.isRecounted),
  )
  const warning = isRecounted
    ? ' Models marked * count about 30 % more tokens for the same text; that is reckoned in.'
    : ''
  const entries = [
    { look: 'now', text: 'real time' },
    { look: 'ready', text: 'in batch' },
    { look: 'likely', text: 'another model, in batch' },
  ]
  return `<h2>The same tokens, at list prices</h2>
<p class="dim">Over the whole period. Whether a cheaper model answers well enough has to be tried; its price is only half of the question.${warning}</p>
${legend(entries)}
${lyingBars('Cost by model', bars)}`
}

function modelBars({ model, comparison }: ModelReport): readonly Bar[] {
  if (comparison === null) return []
  const bar = (name: string, nano: bigint, look: string): Bar => {
    const value = usdShort(nano)
    return {
      name,
      value,
      isFirst: look === 'now',
      parts: [{ nano, look, about: `${name}: ${value}` }],
    }
  }
  return [
    bar(model ?? '', comparison.realtimeNano, 'now'),
    bar('in batch', comparison.batchNano, 'ready'),
    ...comparison.cheaper
      .slice(0, 2)
      .map((each) => bar(`${each.model}${each.isRecounted ? '*' : ''}`, each.batchNano, 'likely')),
  ]
}

function featureTable({ report, top }: AuditFindings): string {
  const { features, period } = report
  const rows = features.slice(0, top).map((feature) => featureRow(feature, period))
  const more = features.length - rows.length
  const rest = more > 0 ? `<p class="dim">${countOf(more, 'more feature')} not shown.</p>` : ''
  return `<h2>Every figure</h2>
<div class="chart"><table>
<thead><tr><th>feature</th><th>rows</th><th>spent</th><th>could save</th><th class="left">half price?</th><th class="left">because</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table></div>${rest}`
}

function featureRow(feature: FeatureReport, period: AuditFindings['report']['period']): string {
  const cells = [
    htmlText(featureName(feature)),
    countText(feature.money.records),
    spentText(feature.money),
    savingText(feature.saves, period),
  ].map((text) => `<td>${text}</td>`)
  const words = [STANDING_TEXTS[mainStanding(feature)].name, mainReasonText(feature)]
  return `<tr>${cells.join('')}${words.map((text) => `<td class="left">${htmlText(text)}</td>`).join('')}</tr>`
}

function notes(findings: AuditFindings): string {
  const items = blindSpots(findings).map((spot) => `<li>${htmlText(spot)}</li>`)
  const snippet = isSnippetOfUse(findings)
    ? `<h2>What would show the rest</h2>
<p class="dim">A line for each call, written beside it; then: halfrate audit usage.jsonl</p>
<pre><code>${USAGE_SNIPPET.split('\n').map(htmlText).join('\n')}</code></pre>`
    : ''
  return `<h2>To know before you decide</h2>
<ul class="notes">${items.join('\n')}</ul>
${snippet}`
}
