import {
  type Answer,
  type Caller,
  DEFAULT_CALLER,
  type ModelOptions,
  ProviderModel,
  type ResultsAnswer,
  type WireBatch,
  type WireError,
  type WireResultRow,
} from '@halfrate/emulator/model'

/** An instant that every test starts from. */
export const NOW: number = Date.parse('2026-11-21T10:00:00Z')
export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY: number = 24 * HOUR

/** A model whose batches take 10 minutes unless the test says otherwise. */
export function modelWith(options: ModelOptions = {}): ProviderModel {
  return new ProviderModel({ seed: 1, turnaroundMs: [10 * MINUTE, 10 * MINUTE], ...options })
}

/** Params that are fine, but for what the test adds. */
export function params(extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    model: 'claude-haiku-4-5',
    max_tokens: 256,
    messages: [{ role: 'user', content: '# Claim 8812\n\nThe roof leaks.' }],
    ...extra,
  }
}

/** Items with ids `r0`, `r1` and so on. */
export function items(count: number): { customId: string; params: Record<string, unknown> }[] {
  return Array.from({ length: count }, (_, index) => ({ customId: `r${index}`, params: params() }))
}

/** The batch in a 200; anything else fails the test. */
export function batchOf(answer: Answer<WireBatch>): WireBatch {
  return bodyOf(answer)
}

/** The body of a 200; anything else fails the test. */
export function bodyOf<Body>(answer: Answer<Body>): Body {
  if (answer.type !== 'response' || answer.status !== 200) {
    throw new TypeError(`expected a 200, got ${JSON.stringify(answer)}`)
  }
  return answer.body as Body
}

/** Status and error of an answer in the API's envelope. */
export function errorOf(answer: Answer<unknown> | ResultsAnswer): {
  status: number
  type: string
  message: string
} {
  if (answer.type !== 'response') throw new TypeError(`expected an error, got ${answer.type}`)
  const body = answer.body as WireError
  return { status: answer.status, type: body.error.type, message: body.error.message }
}

/** The parsed lines of a result file. */
export function linesOf(answer: ResultsAnswer): WireResultRow[] {
  return rawLinesOf(answer).map((line) => JSON.parse(line) as WireResultRow)
}

/** The lines of a result file as they come. */
export function rawLinesOf(answer: ResultsAnswer): string[] {
  if (answer.type !== 'lines') throw new TypeError(`expected lines, got ${JSON.stringify(answer)}`)
  return [...answer.lines]
}

/** A caller that a test changes in one respect. */
export const CALLER: Caller = DEFAULT_CALLER
