import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EstimateRow, Estimator, PRICE_BOOK, type PromptContent } from '@halfrate/core/money'
import { batchOutlook, NO_TURNAROUND } from '@halfrate/core/turnaround'
import { describe, expect, test } from 'vitest'
import type { CapOutlook } from '../../src/preflight/cap-outlook.js'
import { preflightObject } from '../../src/screen/preflight-object.js'
import {
  declinedText,
  dryRunText,
  type PreflightFacts,
  preflightScreen,
} from '../../src/screen/preflight-screen.js'
import { minutes, NOW, textOf, timeZone, usd } from './facts.js'

const PLAIN: PromptContent = {
  encodedBytes: 0,
  images: 0,
  documents: 0,
  fetches: false,
  hasTools: false,
  caching: null,
  isInUs: false,
}

/** What rows of some models cost, each with a prompt of 2,000 bytes. */
function estimateOf(
  rows: Readonly<Record<string, number>>,
  content: Partial<PromptContent> = {},
): PreflightFacts['estimate'] {
  const estimator = new Estimator({ book: PRICE_BOOK, at: NOW })
  for (const [model, count] of Object.entries(rows)) {
    const row: EstimateRow = {
      ...{ model, maxTokens: 200, itemBytes: 2_000 },
      content: { ...PLAIN, ...content },
    }
    for (let index = 0; index < count; index += 1) estimator.add(row)
  }
  return estimator.estimate()
}

const FACTS: PreflightFacts = {
  job: 'claims',
  store: '/data/claims/halfrate.db',
  rows: 6_046,
  isLimited: false,
  toSend: 5_834,
  waiting: 0,
  before: 212,
  doneBefore: 212,
  areAnswered: true,
  inBatches: 0,
  kept: 0,
  estimate: estimateOf({ 'claude-haiku-4-5': 5_834 }),
  ready: {
    outlook: batchOutlook(NO_TURNAROUND, { models: null, requests: 5_834, startsAt: NOW }, NOW),
    now: NOW,
    wantedAt: null,
    timeZone,
  },
  budget: null,
}

describe('what is said before rows are sent', () => {
  test('names the cap of the job, and what of it is used', () => {
    const lastLine = (
      capNano: number,
      usedNano: number,
      outlook: CapOutlook = 'in_turns',
    ): string | undefined => {
      const cap = { capNano: usd(capNano), usedNano: usd(usedNano), isGiven: true }
      const budget = { ...cap, outlook, leastHoldNano: usd(20.004) }
      return textOf(preflightScreen({ ...FACTS, budget }, 100))
        .split('\n')
        .at(-1)
    }
    expect(lastLine(20, 0)).toBe(' never more than the cap of $20.00; what does not fit waits')
    expect(lastLine(20, 3.2)).toBe(
      ' never more than the cap of $20.00, $3.20 of it used; what does not fit waits',
    )
    expect(lastLine(20, 0, 'may_stop')).toContain('may stop before the last row')
    expect(lastLine(20, 0, 'stops_at_once')).toContain(
      'no row fits: one can cost $20.01, so nothing is sent',
    )
    expect(lastLine(20, 20)).toBe(' the cap of $20.00 is used up ($20.00): nothing more is sent')
  })

  test('fits 60 columns', () => {
    expect(textOf(preflightScreen(FACTS, 60))).toMatchInlineSnapshot(`
      " 6,046 rows · 212 answered before (free) · 5,834 to send ·
       claude-haiku-4-5
       estimate $1.22–5.38 in batch, $2.43–10.76 in real time
       (by bytes alone; the high end has every answer as long as
       max_tokens)
       likely ready by 03:28, half of such batches by 02:29
       (from what is published, none of yours yet)"
    `)
  })

  test.each([
    [minutes(240), 'by 06:17: likely'],
    [minutes(20), 'by 02:37: at risk'],
    [minutes(4), 'by 02:21: no'],
  ])('says whether answers are there when they are wanted, in %i ms', (ms, text) => {
    const wantedAt = NOW + ms
    const ready = FACTS.ready === null ? null : { ...FACTS.ready, wantedAt }
    expect(textOf(preflightScreen({ ...FACTS, ready }, 100))).toContain(
      ` ${text}    likely ready by 03:28`,
    )
    expect(preflightObject({ ...FACTS, ready }).ready).toMatchObject({
      wanted_by: new Date(wantedAt).toISOString(),
      outlook: text.split(': ')[1]?.replace(' ', '_'),
    })
  })

  test('names what the figures rest on', () => {
    const estimate = estimateOf({ 'claude-haiku-4-5': 40 })
    const groundsOf = (grounds: PreflightFacts['estimate']['grounds']): string =>
      textOf(
        preflightScreen({ ...FACTS, ready: null, estimate: { ...estimate, grounds } }, 240),
      ).split('    ')[1] ?? ''
    const longest = { type: 'max_tokens' } as const
    const before = { type: 'history', answers: 256 } as const
    const counted = { type: 'counted', rows: 30, errorShare: 0.0112, uncountedRows: 0 } as const
    expect(groundsOf({ prompts: before, answers: before })).toBe(
      '(prompts and answers like 256 before)',
    )
    expect(groundsOf({ prompts: counted, answers: before })).toBe(
      '(prompts ± 2 %: 30 of 40 counted at Claude; answers like 256 before)',
    )
    const part = { ...counted, uncountedRows: 4 }
    expect(groundsOf({ prompts: part, answers: longest })).toBe(
      '(prompts ± 2 %: 30 of 40 counted at Claude, 4 by bytes; the high end has every answer as long as max_tokens)',
    )
  })

  test('says where batch is dearer, and why', () => {
    const estimate = estimateOf({ 'claude-haiku-4-5': 40 })
    const caching = {
      rows: 40,
      coldBatch: { ...estimate.batch, lowNano: usd(6), highNano: usd(8) },
      plainBatch: { ...estimate.batch, lowNano: usd(5), highNano: usd(6.5) },
      warmRealtime: { ...estimate.batch, lowNano: usd(2), highNano: usd(7) },
    }
    const said = (batchIsDearer: 'yes' | 'maybe' | 'no'): string => {
      const dearer = { ...estimate, caching: { ...caching, batchIsDearer } }
      return textOf(preflightScreen({ ...FACTS, estimate: dearer }, 90))
    }
    expect(said('yes')).toMatchInlineSnapshot(`
      " 6,046 rows · 212 answered before (free) · 5,834 to send · claude-haiku-4-5
       estimate $0.0083–0.037 in batch, $0.017–0.074 in real time
       (by bytes alone; the high end has every answer as long as max_tokens)
       the cached prefix that 40 rows share costs $1.00–1.50 more in a cold batch, where each
       row may write the cache and none reads it, than without cache_control
       batch is dearer here: $6.00–8.00 without cache hits, $2.00–7.00 in real time. 40 rows
       share a cached prefix, which calls one after another read; a cold batch is not sure to
       likely ready by 03:28, half of such batches by 02:29
       (from what is published, none of yours yet)"
    `)
    expect(said('maybe')).toContain('batch may be dearer here: $6.00–8.00')
    expect(said('no')).not.toContain('dearer')
  })

  test('says what a cached prefix costs more in a cold batch, unless that is nothing', () => {
    const estimate = estimateOf({ 'claude-haiku-4-5': 40 })
    const figure = (low: number, high: number) => ({
      ...{ ...estimate.batch, lowNano: usd(low), highNano: usd(high) },
    })
    const said = (low: number, high: number): string => {
      const caching = {
        ...{ rows: 40, batchIsDearer: 'no' as const, warmRealtime: figure(9, 9) },
        ...{ coldBatch: figure(6, 8), plainBatch: figure(low, high) },
      }
      return textOf(preflightScreen({ ...FACTS, estimate: { ...estimate, caching } }, 400))
    }
    expect(said(5, 6.5)).toContain(
      'the cached prefix that 40 rows share costs $1.00–1.50 more in a cold batch, where each row may write the cache and none reads it, than without cache_control',
    )
    expect(said(6, 8)).not.toContain('cached prefix')
  })

  test('fits 80 columns', () => {
    expect(textOf(preflightScreen(FACTS, 80))).toMatchInlineSnapshot(`
      " 6,046 rows · 212 answered before (free) · 5,834 to send · claude-haiku-4-5
       estimate $1.22–5.38 in batch, $2.43–10.76 in real time
       (by bytes alone; the high end has every answer as long as max_tokens)
       likely ready by 03:28, half of such batches by 02:29
       (from what is published, none of yours yet)"
    `)
  })

  test('stands in docs/run.md as it is in 80 columns', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/run.md'), 'utf8')
    expect(page).toContain(`\n${textOf(preflightScreen(FACTS, 80))}\n Send? [Y/n]\n`)
  })

  test('fits 120 columns', () => {
    expect(textOf(preflightScreen(FACTS, 120))).toMatchInlineSnapshot(`
      " 6,046 rows · 212 answered before (free) · 5,834 to send · claude-haiku-4-5
       estimate $1.22–5.38 in batch, $2.43–10.76 in real time
       (by bytes alone; the high end has every answer as long as max_tokens)
       likely ready by 03:28, half of such batches by 02:29    (from what is published, none of yours yet)"
    `)
  })

  test('counts what waits from before with what is to be sent, and says what is in batches already', () => {
    const facts = { ...FACTS, doneBefore: 160, waiting: 12, inBatches: 40, toSend: 5_846 }
    expect(textOf(preflightScreen(facts, 160)).split('\n')[0]).toMatchInlineSnapshot(
      `" 6,046 rows · 160 answered before (free) · 40 in batches already (paid with them) · 12 waiting from before · 5,846 to send · claude-haiku-4-5"`,
    )
    const all = { ...FACTS, rows: 12, before: 12, doneBefore: 0, waiting: 12, toSend: 12 }
    const estimate = estimateOf({ 'claude-haiku-4-5': 12 })
    expect(textOf(preflightScreen({ ...all, estimate }, 120))).toMatchInlineSnapshot(`
      " 12 rows · 12 waiting from before · 12 to send · claude-haiku-4-5
       estimate $0.0025–0.011 in batch, $0.005–0.022 in real time
       (by bytes alone; the high end has every answer as long as max_tokens)
       likely ready by 03:28, half of such batches by 02:29    (from what is published, none of yours yet)"
    `)
    expect(dryRunText(null, all)).toMatchInlineSnapshot(
      `"dry run: nothing was sent, and nothing of it is kept; what would be sent waits from before"`,
    )
    expect(declinedText(12)).toMatchInlineSnapshot(
      `"nothing was sent, and nothing new is kept; 12 rows from before wait on"`,
    )
  })

  test('calls rows free only as far as they are known to be done', () => {
    const line = (rest: Partial<PreflightFacts>): string | undefined =>
      textOf(preflightScreen({ ...FACTS, ...rest }, 120)).split('\n')[0]
    expect(line({ areAnswered: false })).toContain('212 done before (free)')
    expect(line({ doneBefore: null })).toContain('212 taken in before')
  })

  test('counts rows that were changed and are kept', () => {
    const facts = { ...FACTS, doneBefore: null, kept: 3 }
    expect(textOf(preflightScreen(facts, 120)).split('\n')[0]).toMatchInlineSnapshot(
      `" 6,046 rows · 212 taken in before · 3 changed, old answers kept · 5,834 to send · claude-haiku-4-5"`,
    )
  })

  test('has no cost where nothing is to be sent', () => {
    const facts = { ...FACTS, rows: 212, toSend: 0, estimate: estimateOf({}) }
    expect(textOf(preflightScreen(facts, 80))).toMatchInlineSnapshot(
      `
      " 212 rows · 212 answered before (free) · 0 to send
       likely ready by 03:28, half of such batches by 02:29
       (from what is published, none of yours yet)"
    `,
    )
  })

  test('names three models and counts the others', () => {
    const models = {
      'claude-haiku-4-5': 3,
      'claude-opus-4-5': 2,
      'claude-sonnet-4-5': 1,
      'claude-opus-4-1': 1,
    }
    const facts = {
      ...FACTS,
      rows: 7,
      toSend: 7,
      before: 0,
      doneBefore: 0,
      estimate: estimateOf(models),
    }
    expect(textOf(preflightScreen(facts, 120))).toMatchInlineSnapshot(`
      " 7 rows · 7 to send · claude-haiku-4-5 3, claude-opus-4-5 2, claude-sonnet-4-5 1, 1 more model
       estimate $0.0065–0.029 in batch, $0.013–0.057 in real time
       (by bytes alone; the high end has every answer as long as max_tokens)
       likely ready by 03:28, half of such batches by 02:29    (from what is published, none of yours yet)"
    `)
  })

  test('names the models without a price, whose rows are in no figure', () => {
    const estimate = estimateOf({ 'claude-haiku-4-5': 2, 'claude-next': 1 })
    const some = { ...FACTS, rows: 3, toSend: 3, before: 0, doneBefore: 0, estimate }
    expect(textOf(preflightScreen(some, 120))).toMatchInlineSnapshot(`
      " 3 rows · 3 to send · claude-haiku-4-5 2, claude-next 1
       estimate, without what is not known: $0.00042–0.0018 in batch, $0.00083–0.0037 in real time
       (by bytes alone; the high end has every answer as long as max_tokens)    no price is known for claude-next
       likely ready by 03:28, half of such batches by 02:29    (from what is published, none of yours yet)"
    `)
    const none = { ...some, rows: 1, toSend: 1, estimate: estimateOf({ 'claude-next': 1 }) }
    expect(textOf(preflightScreen(none, 120))).toMatchInlineSnapshot(`
      " 1 row · 1 to send · claude-next
       no price is known for claude-next
       likely ready by 03:28, half of such batches by 02:29    (from what is published, none of yours yet)"
    `)
  })

  test('says where the size of a prompt is not known', () => {
    const estimate = estimateOf({ 'claude-haiku-4-5': 1 }, { fetches: true })
    const facts = { ...FACTS, isLimited: true, rows: 1, toSend: 1, doneBefore: 0, estimate }
    expect(textOf(preflightScreen(facts, 80))).toMatchInlineSnapshot(`
      " the first row · 1 to send · claude-haiku-4-5
       estimate, without what is not known: $0.00021–0.00092 in batch, $0.00042–0.0018
       in real time
       (by bytes alone; the high end has every answer as long as max_tokens)
       1 row brings in files, pages or tools of unknown size
       likely ready by 03:28, half of such batches by 02:29
       (from what is published, none of yours yet)"
    `)
  })

  test('is an object for programs, with money as text', () => {
    expect(preflightObject(FACTS)).toMatchInlineSnapshot(`
      {
        "basis": "estimate",
        "batch_high_usd": "5.381865",
        "batch_low_usd": "1.216389",
        "caching": null,
        "cap_outlook": null,
        "cap_usd": null,
        "cap_used_usd": null,
        "done_before": 212,
        "grounds": {
          "answers": "max_tokens",
          "count_error_share": null,
          "counted_rows": null,
          "history_answers": null,
          "prompts": "bytes",
          "uncounted_rows": null,
        },
        "in_batches": 0,
        "job": "claims",
        "kept": 0,
        "models": [
          {
            "batch_high_usd": "5.381865",
            "batch_low_usd": "1.216389",
            "grounds": {
              "answers": "max_tokens",
              "count_error_share": null,
              "counted_rows": null,
              "history_answers": null,
              "prompts": "bytes",
              "uncounted_rows": null,
            },
            "model": "claude-haiku-4-5",
            "most_answer_tokens": 1166800,
            "prompt_tokens_high": 4929730,
            "prompt_tokens_low": 2403608,
            "rows": 5834,
            "unpriced": 0,
          },
        ],
        "most_usd": "14.585",
        "open_ended": 0,
        "ready": {
          "batches": 0,
          "half_by": "2026-11-21T02:28:52.862Z",
          "likely_by": "2026-11-21T03:27:17.087Z",
          "nearly_surely_by": "2026-11-21T19:53:22.429Z",
          "of": "published",
          "outlook": null,
          "wanted_by": null,
        },
        "realtime_high_usd": "10.76373",
        "realtime_low_usd": "2.432778",
        "rows": 6046,
        "store": "/data/claims/halfrate.db",
        "taken_in_before": 212,
        "to_send": 5834,
        "type": "estimate",
        "unpriced": 0,
        "waiting_before": 0,
      }
    `)
  })
})
