import type { EstimateBasis, EstimatedRows } from '@halfrate/core/money'
import { describe, expect, test } from 'vitest'
import { type OutcomeFacts, outcomeScreen, shellWord } from '../../src/screen/outcome-screen.js'
import { aBudget, minutes, report, textOf, usd } from './facts.js'

const FACTS: OutcomeFacts = {
  report: report({
    total: 6_046,
    succeeded: 6_031,
    failed: { cut_off: 9, refused: 3, errored: 2, gave_up: 1 },
    money: { paidNano: usd(4.61), realtimeNano: usd(9.22) },
  }),
  storeFlag: '',
  tookMs: minutes(52),
  exitCode: 2,
  output: 'triage.jsonl',
  estimate: null,
  examples: { failed: 'claim-8812', cutOff: 'claim-7' },
  budget: null,
  goOn: null,
  job: 'claims',
}

function estimated(low: number, high: number, basis: EstimateBasis = 'estimate'): EstimatedRows {
  const batch = { lowNano: usd(low), highNano: usd(high), basis }
  const grounds = { prompts: { type: 'bytes' }, answers: { type: 'max_tokens' } } as const
  return { rows: 6_046, batch, grounds, at: 0 }
}

describe('the last lines of a job', () => {
  test('say in 60 columns how it ended', () => {
    expect(textOf(outcomeScreen(FACTS, 60))).toMatchInlineSnapshot(`
      " done in 52 min: 6,031 usable · 9 cut off (max_tokens) ·
       3 refused · 3 failed        exit 2
       paid $4.61    real time $9.22    saved $4.61 (50 %)
       waste $0
       next: halfrate why claim-8812 --job claims
       wrote triage.jsonl"
    `)
  })

  test('say it in 80 columns', () => {
    expect(textOf(outcomeScreen(FACTS, 80))).toMatchInlineSnapshot(`
      " done in 52 min: 6,031 usable · 9 cut off (max_tokens) · 3 refused · 3 failed
       exit 2
       paid $4.61    real time $9.22    saved $4.61 (50 %)    waste $0
       next: halfrate why claim-8812 --job claims      wrote triage.jsonl"
    `)
  })

  test('say it in 100 columns', () => {
    expect(textOf(outcomeScreen(FACTS, 100))).toMatchInlineSnapshot(`
      " done in 52 min: 6,031 usable · 9 cut off (max_tokens) · 3 refused · 3 failed        exit 2
       paid $4.61    real time $9.22    saved $4.61 (50 %)    waste $0
       next: halfrate why claim-8812 --job claims      wrote triage.jsonl"
    `)
  })

  test('say it in 120 columns', () => {
    expect(textOf(outcomeScreen(FACTS, 120))).toMatchInlineSnapshot(`
      " done in 52 min: 6,031 usable · 9 cut off (max_tokens) · 3 refused · 3 failed        exit 2
       paid $4.61    real time $9.22    saved $4.61 (50 %)    waste $0
       next: halfrate why claim-8812 --job claims      wrote triage.jsonl"
    `)
  })

  test('say what waits for the cap of the job, and which command goes on', () => {
    const stopped = {
      ...FACTS,
      report: report({ total: 10, succeeded: 7, waiting: 3 }),
      budget: aBudget(20, 19.5, 20.251),
      goOn: 'halfrate run in.jsonl -o out.jsonl --max-cost 30.00',
    }
    expect(textOf(outcomeScreen(stopped, 120)).split('\n').slice(3)).toEqual([
      ' 3 rows wait for the budget of the job: the next row needs a cap of $20.26, and it is $20.00 (cap $20.00, $19.50 of it',
      ' used). To go on:',
      '   halfrate run in.jsonl -o out.jsonl --max-cost 30.00',
    ])
    const unknown = { ...stopped, budget: aBudget(20, 21, null) }
    expect(textOf(outcomeScreen(unknown, 200))).toContain(
      '3 rows wait for the budget of the job: what can be paid is not known, so nothing is known to fit under the cap of $20.00 (cap $20.00, $21.00 used). To go on:',
    )
  })

  test('hold what was estimated against what was paid', () => {
    const estimate = estimated(4.1, 5.3)
    expect(textOf(outcomeScreen({ ...FACTS, estimate }, 100)).split('\n')[1]).toBe(
      ' paid $4.61    real time $9.22    saved $4.61 (50 %)    waste $0    estimate was $4.10–5.30',
    )
  })

  test('say by how much an estimate was missed, once all is known', () => {
    const billOf = (over: Partial<OutcomeFacts>): string =>
      textOf(outcomeScreen({ ...FACTS, ...over }, 160)).split('\n')[1] ?? ''
    expect(billOf({ estimate: estimated(4, 4.4) })).toMatch(
      /estimate was \$4.00–4.40, \$0.21 too low$/,
    )
    expect(billOf({ estimate: estimated(5, 6) })).toMatch(
      /estimate was \$5.00–6.00, \$0.39 too high$/,
    )
    const open = report({ total: 6_047, succeeded: 6_046, money: { paidNano: usd(4.61) } })
    expect(billOf({ estimate: estimated(5, 6), report: open })).toMatch(/estimate was \$5.00–6.00$/)
  })

  test('say of an estimate that it lacks what was not known, and nothing of one that is all unknown', () => {
    const billOf = (highNano: number): string => {
      const estimate = estimated(0, highNano, 'floor')
      return textOf(outcomeScreen({ ...FACTS, estimate }, 120)).split('\n')[1] ?? ''
    }
    expect(billOf(5.3)).toContain('estimate was $0–5.30, without what was not known')
    expect(billOf(0)).not.toContain('estimate')
  })

  test('name a key in the form that a shell gives back to the command', () => {
    const next = (failed: string): string => {
      const examples = { failed, cutOff: null }
      return textOf(outcomeScreen({ ...FACTS, examples }, 120)).split('\n')[2] ?? ''
    }
    expect(next('--all')).toContain('next: halfrate why --job claims -- --all ')
    expect(next("it's\na")).toContain("next: halfrate why $'it\\'s\\u000aa' --job claims ")
  })

  test('offer nothing to ask about when all is well', () => {
    const facts = {
      ...FACTS,
      report: report({
        total: 3,
        succeeded: 3,
        money: { paidNano: usd(0.000_12), realtimeNano: usd(0.000_24) },
      }),
      exitCode: 0,
      examples: { failed: null, cutOff: null },
      tookMs: 40_000,
    }
    expect(textOf(outcomeScreen(facts, 100))).toMatchInlineSnapshot(`
      " done in 40 s: 3 usable        exit 0
       paid $0.00012    real time $0.00024    saved $0.00012 (50 %)    waste $0
       wrote triage.jsonl"
    `)
  })

  test('lead to the store that was named, and tell no time for rows that were done before', () => {
    const facts = { ...FACTS, storeFlag: ' --store a.db', tookMs: null }
    const text = textOf(outcomeScreen(facts, 120))
    expect(text).toContain(' done: 6,031 usable')
    expect(text).toMatch(/halfrate why \S+ --job \S+ --store a\.db/)
  })

  test('quote a key only where a shell needs it', () => {
    expect([shellWord('a-b.c/d@1'), shellWord("it's"), shellWord('two words')]).toEqual([
      'a-b.c/d@1',
      "'it'\\''s'",
      "'two words'",
    ])
  })
})
