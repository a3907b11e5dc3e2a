import {
  DEFAULT_ACCOUNT,
  type EpochMs,
  type IntakeRow,
  type LoadCounts,
  type LoadedAs,
  NO_SPENDING,
  RUN_QUEUE,
  type Spending,
  usedNano,
} from '@halfrate/core'
import { type AnswerHistory, type EstimatedRows, estimatedRows } from '@halfrate/core/money'
import {
  type Halfrate,
  readJobBudget,
  readOutlook,
  refuseUnpriced,
  storeText,
} from '@halfrate/runtime'
import { InterruptedReading } from '../input/interrupted-reading.js'
import type { Presenter } from '../run/presenter.js'
import { countOf, countText } from '../screen/number-text.js'
import type { PreflightBudget, PreflightFacts } from '../screen/preflight-screen.js'
import { type AskingTerminal, askOnTerminal, isTerminal } from './ask-on-terminal.js'
import { capOutlook } from './cap-outlook.js'
import { type JobBefore, waitingRows } from './job-before.js'
import { NotSent } from './not-sent.js'
import { permissionOf, type SendingRules } from './permission.js'
import { type FirstRequest, SendingTally } from './sending-tally.js'

/** What is to be looked at before rows are accepted. */
export interface PreflightParams {
  readonly half: Pick<Halfrate, 'prices' | 'clock' | 'store' | 'random' | 'countSample'>
  readonly job: string
  /** The store as the user named it. */
  readonly store: string
  readonly rules: Omit<SendingRules, 'canAsk'>
  /** Only look. */
  readonly isDryRun: boolean
  /** When rows are wanted that don't say it themselves; null for no instant. */
  readonly deadlineAt: EpochMs | null
  /** Null when nobody is to be asked, whatever this process runs on. */
  readonly terminal: AskingTerminal | null
  readonly presenter: Pick<Presenter, 'preflight' | 'say'>
  /** What earlier answers tell, by model. */
  readonly histories: ReadonlyMap<string, AnswerHistory>
  /** Whether the provider is asked for the tokens of a sample. */
  readonly isToCount: boolean
  readonly signal: AbortSignal
  /** Told when a question begins to stand, and when it ends. */
  readonly onQuestion: (stands: boolean) => void
  /** Done last before the rows are accepted, with what the new ones among them were estimated at. */
  readonly prepare: (newRows: EstimatedRows | null) => Promise<void>
}

/**
 * Looks at the rows of an input while they are taken in and at those that wait from before, says what they cost, and asks
 * before they are accepted or sent.
 */
export class Preflight {
  readonly #params: PreflightParams
  readonly #tally: SendingTally
  #facts: PreflightFacts | null = null
  #newRows: EstimatedRows | null = null
  #wasAgreed = false

  constructor(params: PreflightParams) {
    const { prices, clock, random } = params.half
    this.#params = params
    const { histories, isToCount } = params
    this.#tally = new SendingTally(
      { book: prices, at: clock.now(), histories },
      isToCount ? () => random.next() : null,
    )
  }

  /** What was found out; null before the end of the input. */
  get facts(): PreflightFacts | null {
    return this.#facts
  }

  /** The first request that would be sent; null when there is none. */
  get first(): FirstRequest | null {
    return this.#tally.first
  }

  /** The input is read from its beginning, perhaps again. */
  begin(): void {
    this.#tally.reset()
  }

  /** The store has a row. */
  note(row: IntakeRow, as: LoadedAs): void {
    this.#tally.add(row, as)
  }

  /**
   * Says what would be sent, and decides.
   *
   * @param known how the job stood before, and whether `--limit` took no more rows.
   * @throws {NotSent} when it is not to be sent, or the signal came while the question stood.
   * @throws {ConfigError} when it may not be, and nobody can be asked.
   * @throws {InterruptedReading} when the signal came before there was anything to say.
   */
  async decide(
    counts: LoadCounts,
    known: { readonly before: JobBefore | null; readonly isLimited: boolean },
  ): Promise<void> {
    const { half, job, store, presenter, isDryRun, prepare } = this.#params
    const { before, isLimited } = known
    await this.#count()
    this.#newRows = estimatedRows(this.#tally.estimate, half.clock.now())
    if (before !== null) await this.#addWaiting(before)
    const { waiting, estimate } = this.#tally
    this.#facts = {
      ...{ job, store: storeText(store), isLimited },
      rows: counts.rows,
      toSend: counts.new + waiting,
      waiting,
      ...rowsBefore(counts, before),
      kept: counts.changed,
      estimate,
      ready: await this.#ready(counts.new + waiting),
      budget: await this.#budget(before),
    }
    if (isDryRun) throw new NotSent('dry_run')
    await this.#refuseUnpriced()
    presenter.preflight(this.#facts)
    await this.#ask(this.#facts)
    await prepare(this.#newRows)
  }

  // Before anything waits for an answer of the user; what goes wrong only makes the estimate wider.
  async #count(): Promise<void> {
    const { half, presenter, signal, isToCount } = this.#params
    const { drawn, estimate } = this.#tally
    const rows = drawn.reduce((sum, stratum) => sum + stratum.drawn.length, 0)
    if (!isToCount || rows === 0) return
    presenter.say(
      `asking Claude for the tokens of ${countText(rows)} of ${countOf(estimate.rows, 'prompt')}; this is free`,
    )
    const { counted, problem } = await half.countSample(drawn, signal)
    if (signal.aborted) throw new InterruptedReading('interrupted')
    this.#tally.setCounted(counted)
    if (problem === null) return
    const rest =
      counted.size === 0 ? 'the estimate goes without' : 'the estimate goes by the others'
    presenter.say(`not all could be counted: ${problem.replace(/\.$/, '')}; ${rest}`)
  }

  async #ready(requests: number): Promise<PreflightFacts['ready']> {
    if (requests === 0) return null
    const { store } = this.#params.half
    const now = await store.now()
    const models = this.#tally.estimate.models.map(({ model }) => model)
    const kind = { account: DEFAULT_ACCOUNT, models, requests, startsAt: now }
    return { outlook: await readOutlook(store, kind), now, wantedAt: this.#params.deadlineAt }
  }

  async #refuseUnpriced(): Promise<void> {
    const { half } = this.#params
    const { models } = this.#tally.estimate
    const unknown = models.flatMap((each) => (each.unpricedRows > 0 ? [each.model] : []))
    const pricing = { book: half.prices, at: half.clock.now() }
    await refuseUnpriced(half.store, { queue: RUN_QUEUE, models: unknown, ...pricing })
  }

  async #addWaiting({ job }: JobBefore): Promise<void> {
    const { half, signal } = this.#params
    for await (const row of waitingRows(half, job)) {
      if (signal.aborted) throw new InterruptedReading('interrupted')
      this.#tally.addWaiting(row)
    }
  }

  async #budget(before: JobBefore | null): Promise<PreflightBudget | null> {
    const { half, rules } = this.#params
    const { maxCostNano: given } = rules
    const stored = before === null ? null : await readJobBudget(half.store, before.job)
    const capNano = given === null ? (stored?.capNano ?? null) : given
    if (capNano === null || capNano === 'none') return null
    const spending = before === null ? NO_SPENDING : await spendingOf(half, before)
    const { estimate, holds } = this.#tally
    return {
      ...{ capNano, usedNano: usedNano(spending), isGiven: given !== null },
      outlook: capOutlook(capNano, spending, { estimate, holds }),
      leastHoldNano: holds?.leastNano ?? null,
    }
  }

  // An input that another process disturbed is read again; who said yes to it is not asked again.
  async #ask(facts: PreflightFacts): Promise<void> {
    const { rules, terminal, signal, onQuestion } = this.#params
    const canAsk = terminal !== null && isTerminal(terminal)
    const isAgreed = rules.isAgreed || this.#wasAgreed
    const permission = permissionOf(facts, { ...rules, isAgreed, canAsk })
    if (permission.type === 'refused') throw permission.error
    if (permission.type === 'send' || terminal === null) return
    onQuestion(true)
    const isYes = await askOnTerminal(' Send? [Y/n] ', terminal, signal).finally(() =>
      onQuestion(false),
    )
    if (!isYes) throw new NotSent('declined')
    this.#wasAgreed = true
  }
}

async function spendingOf(
  { store }: Pick<Halfrate, 'store'>,
  { job }: JobBefore,
): Promise<Spending> {
  return await store.spending({ project: job.project, jobId: job.id })
}

// The job's figures are of the rows that its newest input listed, which need not be those of this one.
function rowsBefore(
  { same, changed }: LoadCounts,
  before: JobBefore | null,
): Pick<PreflightFacts, 'before' | 'doneBefore' | 'areAnswered' | 'inBatches'> {
  if (before === null) return { before: same, doneBefore: 0, areAnswered: true, inBatches: 0 }
  const { total, byState, byStatus } = before.counts
  const areTheSame = same === total && changed === 0
  const doneOfOthers = byState.done === total ? same : null
  return {
    before: same,
    doneBefore: areTheSame ? byState.done : doneOfOthers,
    areAnswered: byStatus.succeeded === byState.done,
    inBatches: byState.assigned,
  }
}
