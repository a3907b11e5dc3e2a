import { type NanoUsd, type Usage, ZERO_USD } from '@halfrate/core'
import { IntakeRowMaker, type NewRequest } from '@halfrate/core/intake'
import {
  type AnswerHistory,
  CountSampler,
  costOf,
  countBodyOf,
  countedTokens,
  type Estimate,
  Estimator,
  learnedAnswer,
  learnFrom,
  NO_HISTORY,
  PRICE_BOOK,
  promptContentOf,
  type Route,
} from '@halfrate/core/money'
import { ProviderModel, type WireMessage } from '@halfrate/emulator/model'
import { describe, expect, test } from 'vitest'
import { nodeDigest } from '../../src/node-digest.js'

const NOW = Date.UTC(2026, 10, 21, 9)
const MODEL = 'claude-opus-5-5'
const CORPORA = 60
const MAX_TOKENS = 400

// Each costs the emulator's tokenizer another number of bytes a token.
const WORDS = ['the claim ', 'Wasserschäden ', '請求書の確認', '0042;', '🚀 ', '\\"quoted\\" ']

// Small and fast, and the same everywhere.
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function corpus(random: () => number, count: number, shared: object = {}): NewRequest[] {
  return Array.from({ length: count }, (_, index) => {
    const words = Array.from(
      { length: Math.ceil(10 ** (1 + 2 * random())) },
      () => WORDS[Math.floor(random() ** 3 * WORDS.length)],
    )
    const messages = [{ role: 'user', content: words.join('') }]
    return {
      key: `r${index}`,
      params: { model: MODEL, max_tokens: MAX_TOKENS, messages, ...shared },
    }
  })
}

interface Answered {
  readonly itemBytes: number
  readonly usage: Usage
}

interface Known {
  readonly estimate: Estimate
  /** One call after another. */
  readonly answers: readonly Answered[]
}

function play(
  rows: readonly NewRequest[],
  how: { random?: () => number; history?: AnswerHistory },
): Known {
  const provider = new ProviderModel({ seed: 7 })
  provider.reply(({ params }) => 'ja '.repeat(JSON.stringify(params).length % 97))
  const maker = new IntakeRowMaker({ hash128: nodeDigest.hash128 })
  const { random, history } = how
  const histories = history === undefined ? undefined : new Map([[MODEL, history]])
  const estimator = new Estimator({ book: PRICE_BOOK, at: NOW, histories })
  const sampler = random === undefined ? null : new CountSampler({ random, limit: 60 })
  const answers = rows.map((request) => {
    const row = maker.intakeRowOf(request)
    const known = { ...row, content: promptContentOf(row) }
    estimator.add(known, sampler?.offer(known))
    const { usage } = bodyOf<WireMessage>(
      provider.createMessage({ now: NOW, body: request.params }),
    )
    return { itemBytes: row.itemBytes, usage: usageOf(usage) }
  })
  const sample = (sampler?.drawn ?? []).map(({ drawn, ...stratum }) => ({
    ...stratum,
    counted: drawn.map((row) => {
      const body: unknown = JSON.parse(new TextDecoder().decode(countBodyOf(row) ?? undefined))
      const counted = bodyOf<{ input_tokens: number }>(provider.countTokens({ now: NOW, body }))
      return { textBytes: row.textBytes, tokens: counted.input_tokens }
    }),
  }))
  return { estimate: estimator.estimate(countedTokens(sample)), answers }
}

function bodyOf<Body>(answer: ReturnType<ProviderModel['createMessage' | 'countTokens']>): Body {
  if (answer.type !== 'response' || answer.status !== 200)
    throw new TypeError(JSON.stringify(answer))
  return answer.body as Body
}

function usageOf(usage: WireMessage['usage']): Usage {
  return {
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cacheReadTokens: usage.cache_read_input_tokens,
    cacheWrite5mTokens: usage.cache_creation_input_tokens,
    cacheWrite1hTokens: 0,
    webSearchRequests: 0,
    inferenceGeo: null,
  }
}

function paidFor(answers: readonly Answered[], route: Route): NanoUsd {
  return answers.reduce((sum, { usage }) => {
    const cost = costOf({ usage, model: MODEL, route, at: NOW, book: PRICE_BOOK })
    return (sum + (cost ?? Number.NaN)) as NanoUsd
  }, ZERO_USD)
}

const isWithin = (paid: number, { lowNano, highNano }: Estimate['batch']): boolean =>
  lowNano <= paid && paid <= highNano

function shareHeld(holds: (random: () => number) => boolean): number {
  const random = seeded(20_261_122)
  let held = 0
  for (let each = 0; each < CORPORA; each += 1) if (holds(random)) held += 1
  return held / CORPORA
}

describe('what the emulator bills for generated rows', () => {
  test('lies in the range of a counted sample at least 19 times in 20', () => {
    const share = shareHeld((random) => {
      const { estimate, answers } = play(corpus(random, 120), { random })
      const { prompts } = estimate.grounds
      expect(prompts).toMatchObject({ type: 'counted', uncountedRows: 0 })
      const billed = answers.reduce((sum, { usage }) => sum + usage.inputTokens, 0)
      const { low = 0, high = 0 } = estimate.models[0]?.promptTokens ?? {}
      return low <= billed && billed <= high && isWithin(paidFor(answers, 'batch'), estimate.batch)
    })
    expect(share).toBeGreaterThanOrEqual(0.95)
  })

  test('lies in the range of earlier answers at least four times in five', () => {
    const share = shareHeld((random) => {
      const before = play(corpus(random, 60), {})
      const learned = before.answers.map(({ itemBytes, usage }) =>
        learnedAnswer({ itemBytes, maxTokens: MAX_TOKENS }, usage),
      )
      const history = learnFrom(NO_HISTORY, 'before', learned)
      const { estimate, answers } = play(corpus(random, 60), { history })
      expect(estimate.grounds.prompts).toEqual({ type: 'history', answers: 60 })
      return isWithin(paidFor(answers, 'batch'), estimate.batch)
    })
    expect(share).toBeGreaterThanOrEqual(0.8)
  })

  test('lies in real time, one call after another, in the range that counts on the cache', () => {
    const cache_control = { type: 'ephemeral' }
    const share = shareHeld((random) => {
      const text = 'These are the rules for claims. '.repeat(100 + Math.floor(900 * random()))
      const shared = { system: [{ type: 'text', text, cache_control }] }
      const { estimate, answers } = play(corpus(random, 30, shared), {})
      expect(answers.filter(({ usage }) => usage.cacheReadTokens > 0)).toHaveLength(29)
      expect(estimate.caching?.rows).toBe(30)
      return isWithin(paidFor(answers, 'realtime'), estimate.realtime)
    })
    expect(share).toBe(1)
  })
})
