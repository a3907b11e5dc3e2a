/**
 * What the tokens of prompts rest on.
 *
 * `counted`: the provider counted those of `rows` rows, and all of them together are within `errorShare` of the figure, 19
 * times in 20; `uncountedRows` could not be counted and are judged by their bytes. `history`: the prompts of so many earlier
 * answers. `bytes`: nothing but sizes.
 */
export type PromptGrounds =
  | {
      readonly type: 'counted'
      readonly rows: number
      readonly errorShare: number
      readonly uncountedRows: number
    }
  | { readonly type: 'history'; readonly answers: number }
  | { readonly type: 'bytes' }

/** What the length of answers rests on: that of so many earlier ones, or nothing but `max_tokens`. */
export type AnswerGrounds =
  | { readonly type: 'history'; readonly answers: number }
  | { readonly type: 'max_tokens' }

/** What an estimate rests on. */
export interface EstimateGrounds {
  readonly prompts: PromptGrounds
  readonly answers: AnswerGrounds
}

/** Grounds of nothing but the rows themselves. */
export const ROW_GROUNDS: EstimateGrounds = {
  prompts: { type: 'bytes' },
  answers: { type: 'max_tokens' },
}

/** What figures of several models rest on together: no more than the weakest of them; {@link ROW_GROUNDS} for none. */
export function weakestGrounds(all: readonly EstimateGrounds[]): EstimateGrounds {
  const [first, ...others] = all
  if (first === undefined) return ROW_GROUNDS
  return others.reduce(
    (sum, each) => ({
      prompts: weakerPrompts(sum.prompts, each.prompts),
      answers: weakerAnswers(sum.answers, each.answers),
    }),
    first,
  )
}

const RANK = { bytes: 0, history: 1, counted: 2 } as const

function weakerPrompts(one: PromptGrounds, other: PromptGrounds): PromptGrounds {
  if (one.type === 'counted' && other.type === 'counted') {
    return {
      type: 'counted',
      rows: one.rows + other.rows,
      errorShare: Math.max(one.errorShare, other.errorShare),
      uncountedRows: one.uncountedRows + other.uncountedRows,
    }
  }
  if (one.type === 'history' && other.type === 'history') {
    return { type: 'history', answers: Math.min(one.answers, other.answers) }
  }
  return RANK[one.type] <= RANK[other.type] ? one : other
}

function weakerAnswers(one: AnswerGrounds, other: AnswerGrounds): AnswerGrounds {
  if (one.type !== 'history') return one
  if (other.type !== 'history') return other
  return { type: 'history', answers: Math.min(one.answers, other.answers) }
}
