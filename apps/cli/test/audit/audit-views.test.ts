import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { auditObject } from '../../src/audit/audit-object.js'
import { blindSpots } from '../../src/audit/blind-spots.js'
import { auditPage } from '../../src/audit/page/audit-page.js'
import { auditScreen } from '../../src/screen/audit-screen.js'
import { lineText } from '../../src/screen/line.js'
import { widthOf } from '../../src/screen/text-width.js'
import { findingsOf, lines, row } from './read.js'

const EVIL = '<script>alert(1)</script>"\'&\u202e\u001b[2J'

// Features of every standing, each with its own reason.
const LOG = lines(
  row({ awaited: false, feature: 'summaries' }),
  row({ awaited: true, feature: 'chat' }),
  row({ feature: EVIL }),
  row({ feature: 'cached', usage: { input_tokens: 10, cache_read_input_tokens: 1_000_000 } }),
  row({ feature: 'batches', usage: { input_tokens: 9, service_tier: 'batch' } }),
  row({ feature: 'old', model: 'claude-opus-4-1' }),
  row({ feature: 'unknown', model: 'claude-next' }),
  row({ feature: 'small', model: 'claude-haiku-4-5' }),
  ...Array.from({ length: 30 }, (_, day) =>
    row({ feature: 'nightly', at: `2026-11-${String((day % 20) + 1).padStart(2, '0')}T02:00:00Z` }),
  ),
)

async function screen(width: number): Promise<string> {
  return auditScreen(await findingsOf({ 'usage.jsonl': LOG }), width)
    .map(lineText)
    .join('\n')
}

describe('the screen of an audit', () => {
  test('says what was spent, what could be saved, and what to ask', async () => {
    await expect(`${await screen(110)}\n`).toMatchFileSnapshot('audit-screen.txt')
  })

  test('fits every terminal from 60 columns on', async () => {
    const findings = await findingsOf({ 'usage.jsonl': LOG })
    fc.assert(
      fc.property(fc.integer({ min: 59, max: 159 }), (width) => {
        for (const line of auditScreen(findings, width)) {
          expect(widthOf(lineText(line)), lineText(line)).toBeLessThanOrEqual(width)
        }
      }),
    )
  })

  test('never lets a name move the cursor', async () => {
    const text = await screen(110)
    for (const char of ['\u001b', '\u202e']) expect(text).not.toContain(char)
  })

  test('says how many features it leaves out', async () => {
    const findings = await findingsOf({ log: LOG }, { top: 2 })
    const text = auditScreen(findings, 80).map(lineText).join('\n')
    expect(text).toContain('7 more features; --top 9 shows all')
  })
})

describe('the page of an audit', () => {
  test('holds strangers’ names as text', async () => {
    const page = auditPage(await findingsOf({ [EVIL]: LOG }))
    expect(page).not.toMatch(/<script/i)
    expect(page).not.toContain('\u202e')
    expect(page).toContain('&lt;script&gt;alert(1)')
  })

  test('needs nothing from anywhere else', async () => {
    const page = auditPage(await findingsOf({ log: LOG }))
    expect(page).not.toMatch(/\b(?:src|href|url|@import)\s*[=(]/)
    expect(page).not.toMatch(/https?:/)
    expect(page).toContain('prefers-color-scheme: dark')
  })

  test('has a bar for each feature, as long as its money', async () => {
    const log = lines(row({ feature: 'a' }), row({ feature: 'a' }), row({ feature: 'b' }))
    const page = auditPage(await findingsOf({ log }))
    const chart = page.slice(page.indexOf('Money by feature'), page.indexOf('</svg></div>'))
    const found = chart.matchAll(/<rect class="open" [^>]*width="([\d.]+)"/g)
    const [first = 0, second = 0, ...rest] = [...found].map((each) => Number(each[1]))
    expect(second).toBeGreaterThan(0)
    expect(first).toBe(2 * second)
    expect(rest).toEqual([])
  })

  test('lets a figure that is too long for its tile break after a dash, and not before its unit', async () => {
    const page = auditPage(await findingsOf({ log: LOG }))
    const figures = [...page.matchAll(/<div class="tile[^>]*>.*?<b>(.*?)<\/b>/g)].map(
      ([, text]) => text,
    )
    expect(figures).toContainEqual(expect.stringMatching(/\d\u00a0%$/))
    expect(figures.join('')).not.toContain(' ')
    expect(page).not.toMatch(/\.tile b \{[^}]*nowrap/)
  })

  test('closes every tag that it opens', async () => {
    const page = auditPage(await findingsOf({ log: LOG }))
    for (const tag of [
      'svg',
      'div',
      'section',
      'dl',
      'dt',
      'dd',
      'table',
      'tr',
      'td',
      'ul',
      'li',
    ]) {
      const count = (pattern: string): number => [...page.matchAll(new RegExp(pattern, 'g'))].length
      expect(count(`<${tag}[ >]`), tag).toBe(count(`</${tag}>`))
    }
  })
})

describe('the object of an audit', () => {
  test('has parts that add up to the whole', async () => {
    const object = JSON.parse(JSON.stringify(auditObject(await findingsOf({ log: LOG }), 0)))
    const sum = (parts: readonly { readonly cost_usd: string }[]): number =>
      parts.reduce((total, { cost_usd }) => total + Number(cost_usd), 0)
    expect(sum(object.features)).toBeCloseTo(Number(object.cost_usd), 9)
    expect(sum(object.models)).toBeCloseTo(Number(object.cost_usd), 9)
    expect(sum(Object.values(object.standing))).toBeCloseTo(Number(object.cost_usd), 9)
    expect(object.hours).toHaveLength(24)
    expect(object.gross_margin.before).toBe(0.5)
    expect(object.gross_margin.after.high).toBeGreaterThan(object.gross_margin.after.low)
    expect(object.exit_code).toBe(0)
  })
})

describe('what a source can’t show', () => {
  const spots = async (log: string): Promise<string> =>
    blindSpots(await findingsOf({ log })).join('\n')

  test('is named, thing by thing', async () => {
    const bare = lines({ model: 'claude-opus-5', input_tokens: 1 })
    expect(await spots(bare)).toContain(
      'The log does not show what each call is for (feature), whether somebody waits (awaited), how long answers take (latency_ms), when calls are made (at), which calls are turns of a loop (stop_reason).',
    )
    expect(await spots(bare)).toContain('Without times nothing can be said about a month.')
  })

  test('is the price of a model, a short period, and rows that could not be read', async () => {
    const text = await spots(`${LOG}x\n`)
    expect(text).toContain('1 row without a known price (claude-next) is counted')
    expect(text).toContain('1 row could not be read and is in no figure; the first: log:39: ')
    expect(text).toContain('Batch is dearer for some of it')
    expect(await spots(lines(row()))).toContain('A month is reckoned from 1 day;')
  })

  test('is a discount, where the source says another cost than the list', async () => {
    const text = await spots(lines(row({ cost_usd: 4 })))
    expect(text).toContain('The source says $4.00 where list prices come to $5.00.')
    expect(await spots(lines(row({ cost_usd: 4.95 })))).not.toContain('where list prices')
  })
})
