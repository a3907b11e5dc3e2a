import { readFile } from 'node:fs/promises'
import { ConfigError, DAY_MS } from '@halfrate/core'
import { Auditor } from '@halfrate/core/audit'
import { extendPriceBook, PRICE_BOOK, type PriceBook, parsePriceBook } from '@halfrate/core/money'
import { isAdminInput, readAdminUsage } from '../audit/admin-usage.js'
import { type AuditFindings, type Books, marginOf } from '../audit/audit-findings.js'
import { auditObject } from '../audit/audit-object.js'
import { AuditTally } from '../audit/audit-tally.js'
import { isSnippetOfUse } from '../audit/blind-spots.js'
import { offsetsOf } from '../audit/local-clock.js'
import { auditPage } from '../audit/page/audit-page.js'
import { checkPageName, writePage } from '../audit/page/write-page.js'
import { readUsage } from '../audit/read-usage.js'
import { openUsage } from '../audit/usage-bytes.js'
import { fieldNames } from '../audit/usage-fields.js'
import { USAGE_SNIPPET } from '../audit/usage-snippet.js'
import { currentInstant, readEnvironment } from '../config.js'
import { EXIT } from '../exit-code.js'
import { largeDollars } from '../flags/large-dollars.js'
import { wholeNumber } from '../flags/parse-flag.js'
import { sinceFlag } from '../flags/since-flag.js'
import { delimiterOf } from '../rows/row-settings.js'
import { providerOf } from '../run/store-options.js'
import { auditScreen } from '../screen/audit-screen.js'
import { printLines } from '../terminal/print-lines.js'

/** Flags of `audit`. */
export interface AuditFlags {
  readonly map?: string | undefined
  readonly since?: string | undefined
  readonly baseUrl?: string | undefined
  readonly delimiter?: string | undefined
  readonly timeZone?: string | undefined
  readonly prices?: string | undefined
  readonly revenue?: string | undefined
  readonly cogs?: string | undefined
  readonly top?: string | undefined
  readonly html?: string | undefined
  readonly json?: boolean | undefined
}

const MOST_TOP = 1_000
const USUAL_TOP = '10'
const USUAL_SPAN_MS = 30 * DAY_MS
const SNIPPET_INTRO = ' This would show the rest; then: halfrate audit usage.jsonl'

/**
 * Says which of what was spent could have been half price, from logs or the provider's reports. It reads files, and
 * asks the Admin API where an input is `admin:`; nothing is stored.
 */
export async function audit(files: readonly string[], flags: AuditFlags): Promise<number> {
  const top = wholeNumber('--top', 1, MOST_TOP)(flags.top ?? USUAL_TOP)
  const timeZone = flags.timeZone ?? 'UTC'
  const offsetMsAt = offsetsOf(timeZone)
  const names = fieldNames(flags.map)
  const books = booksOf(flags)
  const { names: fileNames, reports, from } = inputsOf(files, flags)
  const delimiters = fileNames.map((name) =>
    delimiterOf(name.replace(/\.gz$/i, ''), flags.delimiter),
  )
  const book = await pricesOf(flags.prices)
  const inputs = await openUsage(fileNames, process.stdin)
  const { html } = flags
  if (html !== undefined) await checkPageName(html, new Set(inputs.map((each) => each.identity)))

  const auditor = new Auditor({ book, now: currentInstant(), offsetMsAt })
  const tally = new AuditTally(auditor)
  for (const [index, input] of inputs.entries()) {
    await readUsage(input, { names, delimiter: delimiters[index] ?? null, tally })
  }

  const { adminKey } = readEnvironment()
  const place = { baseUrl: providerOf(flags).baseUrl, adminKey }
  for (const name of reports) {
    await readAdminUsage({ name, place, from, now: currentInstant(), tally })
  }

  const facts = tally.facts()
  const report = auditor.report()
  const margin = books === null ? null : marginOf(report, books)
  const shown = [...inputs.map(({ name }) => name), ...reports]
  const pricesReadOn = book.readOn
  const findings = { files: shown, timeZone, tally: facts, report, pricesReadOn, margin, top }
  if (html !== undefined) await writePage(html, auditPage(findings))
  const isWhole = facts.bad === 0 && facts.cutOff.length === 0
  const exitCode = isWhole ? EXIT.usable : EXIT.someNotUsable
  say(findings, flags, exitCode)
  return exitCode
}

// Since when is asked for alone: a file has what it has.
function inputsOf(
  all: readonly string[],
  { since }: AuditFlags,
): {
  readonly names: readonly string[]
  readonly reports: readonly string[]
  readonly from: number
} {
  const reports = all.filter((name) => isAdminInput(name))
  if (since !== undefined && reports.length === 0) {
    throw new ConfigError(
      '--since goes with admin:usage or admin:cost, which are asked for.',
      'Leave it out; of a file all rows count.',
    )
  }
  const now = currentInstant()
  const from = since === undefined ? now - USUAL_SPAN_MS : sinceFlag('--since')(since)(now)
  return { names: all.filter((name) => !isAdminInput(name)), reports, from }
}

function say(findings: AuditFindings, { json, html }: AuditFlags, exitCode: number): void {
  if (json === true) {
    process.stdout.write(`${JSON.stringify(auditObject(findings, exitCode))}\n`)
    return
  }
  const { noColour } = readEnvironment()
  printLines(process.stdout, (width) => auditScreen(findings, width), { colours: !noColour })
  // As it is, so that it can be copied from a terminal of any width.
  if (isSnippetOfUse(findings)) process.stdout.write(`\n${SNIPPET_INTRO}\n\n${USAGE_SNIPPET}`)
  if (html !== undefined) process.stderr.write(`wrote ${html}\n`)
}

function booksOf({ revenue, cogs }: AuditFlags): Books | null {
  if (revenue === undefined && cogs === undefined) return null
  if (revenue === undefined || cogs === undefined) {
    const [given, lacking] =
      revenue === undefined ? ['--cogs', '--revenue'] : ['--revenue', '--cogs']
    throw new ConfigError(
      `${given} goes with ${lacking}.`,
      'Give both, of a month, as in: --revenue 100000 --cogs 20000',
    )
  }
  const revenueNano = largeDollars('--revenue')(revenue)
  if (revenueNano > 0n) return { revenueNano, cogsNano: largeDollars('--cogs')(cogs) }
  throw new ConfigError('--revenue: expected more than 0.', 'Correct the flag.')
}

async function pricesOf(name: string | undefined): Promise<PriceBook> {
  if (name === undefined) return PRICE_BOOK
  const text = await readFile(name, 'utf8').catch((cause: Error) => {
    throw new ConfigError(
      `--prices ${name}: it can't be read: ${cause.message}.`,
      'Check the name.',
      { cause },
    )
  })
  return extendPriceBook(PRICE_BOOK, parsePriceBook(text, name))
}
