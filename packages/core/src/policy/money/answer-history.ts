import type { ProjectId, QueueName } from '../../model/ids.js'
import { projectScope, type SettingName } from '../../model/setting-documents.js'
import type { Usage } from '../../model/usage.js'
import { type TokenRange, textBytesOf } from './prompt-tokens.js'

/** One answer, as far as estimates learn from it. */
export interface LearnedAnswer {
  /** Bytes of its request's text. */
  readonly textBytes: number
  readonly promptTokens: number
  /** `params.max_tokens` of its request. */
  readonly maxTokens: number
  readonly answerTokens: number
}

/**
 * What estimates learn from the answers of a queue by one model. Kept small: the newest {@link MOST_LEARNED} answers that were
 * looked at.
 */
export interface AnswerHistory {
  readonly version: 1
  /** Newest first. */
  readonly answers: readonly LearnedAnswer[]
  /** Jobs that were learned from, newest first, so that none counts twice. */
  readonly jobs: readonly string[]
}

/** A history of nothing. */
export const NO_HISTORY: AnswerHistory = { version: 1, answers: [], jobs: [] }

const MOST_LEARNED = 256
const MOST_MODELS = 8
const MOST_JOBS = 32
/** Of fewer answers an estimate makes nothing. */
const LEAST_ANSWERS = 20
// Nine of ten rows lie above the low share, nine of ten below the high one.
const LOW_SHARE = 0.1
const HIGH_SHARE = 0.9
// Sums follow the mean, which a few long answers put above most of them.
const MEAN_MARGIN = 0.2

/** What is learned from one answered request. */
export function learnedAnswer(
  request: { readonly itemBytes: number; readonly maxTokens: number },
  usage: Usage,
): LearnedAnswer {
  return {
    textBytes: textBytesOf({ itemBytes: request.itemBytes, content: null }),
    promptTokens:
      usage.inputTokens +
      usage.cacheReadTokens +
      usage.cacheWrite5mTokens +
      usage.cacheWrite1hTokens,
    maxTokens: request.maxTokens,
    answerTokens: usage.outputTokens,
  }
}

/** A history with the answers of a job, newest first; the same one when it has learned from that job before. */
export function learnFrom(
  history: AnswerHistory,
  job: string,
  answers: readonly LearnedAnswer[],
): AnswerHistory {
  if (history.jobs.includes(job) || answers.length === 0) return history
  return {
    version: 1,
    answers: [...answers, ...history.answers].slice(0, MOST_LEARNED),
    jobs: [job, ...history.jobs].slice(0, MOST_JOBS),
  }
}

/** A history with the newest answers to requests outside of jobs before those of jobs. Made for one estimate, and not stored. */
export function withLoose(
  history: AnswerHistory,
  answers: readonly LearnedAnswer[],
): AnswerHistory {
  return { ...history, answers: [...answers, ...history.answers].slice(0, MOST_LEARNED) }
}

/** Reads a stored history; one of another version, or of another shape, is none. */
export function readHistory(value: unknown): AnswerHistory {
  const stored = value as Partial<AnswerHistory> | null
  const isOurs = stored?.version === 1 && Array.isArray(stored.answers)
  if (!isOurs || !Array.isArray(stored.jobs)) return NO_HISTORY
  const answers = stored.answers.filter(isAnswer)
  return { version: 1, answers, jobs: stored.jobs.map(String) }
}

/** The document that holds what was learned from the answers of a queue, for {@link readHistories}; there is none before. */
export function queueAnswersSetting(project: ProjectId, queue: QueueName): SettingName {
  return { scope: projectScope(project), name: `answers:${queue}` }
}

/** Reads the stored histories of a queue, by model: those of the {@link MOST_MODELS} that were learned last. */
export function readHistories(value: unknown): ReadonlyMap<string, AnswerHistory> {
  const models = (value as { readonly models?: unknown } | null | undefined)?.models
  if (typeof models !== 'object' || models === null) return new Map()
  const read = Object.entries(models).map(([model, stored]): [string, AnswerHistory] => [
    model,
    readHistory(stored),
  ])
  return new Map(read.slice(-MOST_MODELS))
}

function isAnswer(value: unknown): value is LearnedAnswer {
  const answer = value as Partial<LearnedAnswer> | null
  const figures = [answer?.textBytes, answer?.promptTokens, answer?.maxTokens, answer?.answerTokens]
  return figures.every((figure) => Number.isSafeInteger(figure) && Number(figure) >= 0)
}

/**
 * What a history foretells of rows to come: between which ends prompts and answers of four in five of them lie.
 *
 * Answers are taken in tokens and not as shares of `max_tokens`, since what they are about makes them long. Those that were cut
 * off could have been longer: where there is room now, the high end takes them for as long as that.
 */
export class Foretelling {
  readonly #answers: readonly LearnedAnswer[]
  readonly #tokensPerByte: TokenRange
  readonly #answerEnds = new Map<number, TokenRange>()

  private constructor(answers: readonly LearnedAnswer[]) {
    this.#answers = answers
    this.#tokensPerByte = endsOf(
      answers.map(({ promptTokens, textBytes }) => promptTokens / Math.max(1, textBytes)),
    )
  }

  /** Null for too few answers to go by. */
  static of({ answers }: AnswerHistory): Foretelling | null {
    return answers.length < LEAST_ANSWERS ? null : new Foretelling(answers)
  }

  /** How many answers it rests on. */
  get answers(): number {
    return this.#answers.length
  }

  /** Tokens of a prompt of so many bytes of text. */
  promptTokens(textBytes: number): TokenRange {
    const { low, high } = this.#tokensPerByte
    return { low: Math.floor(textBytes * low), high: Math.ceil(textBytes * high) }
  }

  /** Tokens of an answer under a `max_tokens`. */
  answerTokens(maxTokens: number): TokenRange {
    const before = this.#answerEnds.get(maxTokens)
    if (before !== undefined) return before
    const short = this.#answers.map(({ answerTokens }) => Math.min(answerTokens, maxTokens))
    const long = this.#answers.map((answer) =>
      answer.answerTokens >= answer.maxTokens
        ? maxTokens
        : Math.min(answer.answerTokens, maxTokens),
    )
    const low = Math.max(1, Math.floor(endsOf(short).low))
    const ends = { low, high: Math.max(low, Math.min(maxTokens, Math.ceil(endsOf(long).high))) }
    this.#answerEnds.set(maxTokens, ends)
    return ends
  }
}

function endsOf(figures: readonly number[]): TokenRange {
  const sorted = [...figures].sort((one, other) => one - other)
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
  const mean = sorted.reduce((sum, figure) => sum + figure, 0) / sorted.length
  return {
    low: Math.min(at(LOW_SHARE), mean * (1 - MEAN_MARGIN)),
    high: Math.max(at(HIGH_SHARE), mean * (1 + MEAN_MARGIN)),
  }
}
