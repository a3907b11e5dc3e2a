import { type ModelEstimate, usdText } from '@halfrate/core/money'
import type { CapOutlook } from '../preflight/cap-outlook.js'
import {
  type CachingObject,
  cachingObject,
  type GroundsObject,
  groundsObject,
} from './estimate-object.js'
import type { PreflightFacts } from './preflight-screen.js'
import { type ReadyObject, readyObject } from './ready-text.js'

/** What a run is about to send, for programs. Money is decimal text in dollars. */
export interface PreflightObject {
  readonly type: 'estimate'
  readonly job: string
  readonly store: string
  readonly rows: number
  /** New rows, and those that wait from before. */
  readonly to_send: number
  /** Of these the ones that wait from before. */
  readonly waiting_before: number
  /** Rows of the input that the job has from before, with the same params. */
  readonly taken_in_before: number
  /** How many of them are done, which cost nothing; null where that can't be told. */
  readonly done_before: number | null
  /** Rows of the job that are in a batch already, and are paid with it. */
  readonly in_batches: number
  readonly kept: number
  readonly batch_low_usd: string
  readonly batch_high_usd: string
  readonly realtime_low_usd: string
  readonly realtime_high_usd: string
  /** `floor`: it can well be more, since some rows have no known price or bring in what is not in them. */
  readonly basis: string
  /** What the figures rest on: no more than the weakest of the models. */
  readonly grounds: GroundsObject
  /** Null when no rows share a cached prefix. */
  readonly caching: CachingObject | null
  /** The most that one attempt of each row can cost, as far as bytes bound it. */
  readonly most_usd: string
  /** Rows without a known price; they are in no sum. */
  readonly unpriced: number
  /** Rows that bring in files, pages or tools of unknown size. */
  readonly open_ended: number
  readonly models: readonly ModelObject[]
  /** When the answers are likely there, if the rows are sent now; null when there is nothing to send. */
  readonly ready: ReadyObject | null
  /** The cap of the job; null for none. */
  readonly cap_usd: string | null
  /** What counts against it already. */
  readonly cap_used_usd: string | null
  /** How far the rows get under it: `all_at_once`, `in_turns`, `may_stop` or `stops_at_once`. */
  readonly cap_outlook: CapOutlook | null
}

/** One model of a {@link PreflightObject}. */
export interface ModelObject {
  readonly model: string
  readonly rows: number
  readonly prompt_tokens_low: number
  readonly prompt_tokens_high: number
  /** The sum of `max_tokens`. */
  readonly most_answer_tokens: number
  readonly batch_low_usd: string
  readonly batch_high_usd: string
  readonly unpriced: number
  readonly grounds: GroundsObject
}

/** Makes the object of what is about to be sent. */
export function preflightObject(facts: PreflightFacts): PreflightObject {
  const { estimate } = facts
  const { batch, realtime } = estimate
  return {
    type: 'estimate',
    job: facts.job,
    store: facts.store,
    rows: facts.rows,
    to_send: facts.toSend,
    waiting_before: facts.waiting,
    taken_in_before: facts.before,
    done_before: facts.doneBefore,
    in_batches: facts.inBatches,
    kept: facts.kept,
    batch_low_usd: usdText(batch.lowNano),
    batch_high_usd: usdText(batch.highNano),
    realtime_low_usd: usdText(realtime.lowNano),
    realtime_high_usd: usdText(realtime.highNano),
    basis: batch.basis,
    grounds: groundsObject(estimate.grounds),
    caching: cachingObject(estimate.caching),
    most_usd: usdText(estimate.ceilingNano),
    unpriced: estimate.unpricedRows,
    open_ended: estimate.openEndedRows,
    models: estimate.models.map(modelObject),
    ready: readyObject(facts.ready?.outlook ?? null, facts.ready?.wantedAt ?? null),
    cap_usd: facts.budget === null ? null : usdText(facts.budget.capNano),
    cap_used_usd: facts.budget === null ? null : usdText(facts.budget.usedNano),
    cap_outlook: facts.budget?.outlook ?? null,
  }
}

function modelObject(estimate: ModelEstimate): ModelObject {
  const { model, rows, promptTokens, mostAnswerTokens, batch, unpricedRows } = estimate
  return {
    model,
    rows,
    prompt_tokens_low: promptTokens.low,
    prompt_tokens_high: promptTokens.high,
    most_answer_tokens: mostAnswerTokens,
    batch_low_usd: usdText(batch.lowNano),
    batch_high_usd: usdText(batch.highNano),
    unpriced: unpricedRows,
    grounds: groundsObject(estimate.grounds),
  }
}
