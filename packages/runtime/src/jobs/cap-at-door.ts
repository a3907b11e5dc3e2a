import {
  ConfigError,
  type IntakeRow,
  type Job,
  type LoadedAs,
  type NanoUsd,
  type QueueName,
  type Store,
  usedNano,
} from '@halfrate/core'
import {
  type Estimate,
  type EstimateOptions,
  Estimator,
  estimatedRows,
  parseUsd,
  promptContentOf,
  usdText,
} from '@halfrate/core/money'
import { refuseUnpriced } from '../budgets/refuse-unpriced.js'
import { readJobBudget, writeJobBudget } from './job-budget.js'
import { writeJobEstimate } from './job-estimate.js'

/** What rows are held against before they are accepted. */
export interface CapAtDoorParams {
  readonly store: Store
  /** The queue that the rows are put into. */
  readonly queue: QueueName
  /** The cap that is given to the job, null to take it away; undefined leaves the one that it has. */
  readonly given: NanoUsd | null | undefined
  readonly options: EstimateOptions
}

/** Gives a job its cap before its rows are accepted, and lets none in that can't begin under it. */
export class CapAtDoor {
  readonly #params: CapAtDoorParams
  #estimator: Estimator

  constructor(params: CapAtDoorParams) {
    this.#params = params
    this.#estimator = new Estimator(params.options)
  }

  /** Rows are read from their beginning, perhaps again. */
  begin(): void {
    this.#estimator = new Estimator(this.#params.options)
  }

  /** The store has a row. Only new ones are sent. */
  note(row: IntakeRow, as: LoadedAs): void {
    if (as !== 'new') return
    this.#estimator.add({ ...row, content: promptContentOf(row) })
  }

  /**
   * Decides, and writes the cap: from the moment on at which rows are accepted, any worker may send them.
   *
   * @throws {ConfigError} when not even the low end of what new rows cost fits, or nothing bounds it.
   */
  async decide(job: Job): Promise<void> {
    const { store, queue, given, options } = this.#params
    const stored = await readJobBudget(store, job)
    const capNano = given === undefined ? (stored?.capNano ?? null) : given
    const estimate = this.#estimator.estimate()
    const models = estimate.models.flatMap((each) => (each.unpricedRows > 0 ? [each.model] : []))
    await refuseUnpriced(store, { queue, models, ...options })
    if (capNano !== null && estimate.rows > 0) {
      const spending = await store.spending({ project: job.project, jobId: job.id })
      checkFit(estimate, { capNano, used: usedNano(spending) })
    }
    await writeJobEstimate(store, job, estimatedRows(estimate, this.#params.options.at))
    await writeJobBudget(store, job, given)
  }
}

function checkFit(
  estimate: Estimate,
  { capNano, used }: { readonly capNano: NanoUsd; readonly used: NanoUsd },
): void {
  const cap = `maxCostUsd ${usdText(capNano)}`
  const { batch, leastNano, rows, unpricedRows, models } = estimate
  if (batch.basis === 'floor') {
    const unpriced = models.find((model) => model.unpricedRows > 0)?.model ?? ''
    throw new ConfigError(
      unpricedRows > 0
        ? `${cap}: there is no price for ${JSON.stringify(unpriced)}, so nothing bounds what ${rows} new rows cost.`
        : `${cap}: ${estimate.openEndedRows} of ${rows} new rows bring in files, pages or tools of unknown size, so nothing bounds what they cost.`,
      unpricedRows > 0
        ? 'Give its price to openHalfrate({ prices }), or leave the cap out. Nothing was stored.'
        : 'Take those rows out, or leave the cap out. Nothing was stored.',
    )
  }
  if (used + leastNano <= capNano) return
  const cost = `${rows === 1 ? '1 new row costs' : `${rows} new rows cost`} ${usdText(leastNano)}`
  const beside = used === 0 ? '' : `, and ${usdText(used)} of it is used`
  throw new ConfigError(
    `${cap}: ${cost} in batch at the very least${beside}.`,
    'Raise it, or run fewer rows. Nothing was stored.',
  )
}

/**
 * Reads a cap of a program: decimal text in dollars, null for no cap, undefined where none is said.
 *
 * @throws {ConfigError} when it is something else.
 */
export function capOf(value: unknown): NanoUsd | null | undefined {
  if (value === undefined || value === null) return value
  const nano = typeof value === 'string' ? parseUsd(value) : null
  if (nano !== null && nano >= 0) return nano
  throw new ConfigError(
    `run: maxCostUsd: expected dollars as text, such as '20' or '0.50', or null for no cap, got ${JSON.stringify(value) ?? String(value)}.`,
    'Correct the call. Nothing was done.',
  )
}
