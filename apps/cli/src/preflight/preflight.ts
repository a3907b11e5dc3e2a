import type { IntakeRow, LoadCounts, LoadedAs } from '@halfrate/core'
import { type Halfrate, storeText } from '@halfrate/runtime'
import type { Presenter } from '../run/presenter.js'
import type { PreflightFacts } from '../screen/preflight-screen.js'
import { type AskingTerminal, askOnTerminal, isTerminal } from './ask-on-terminal.js'
import { NotSent } from './not-sent.js'
import { permissionOf, type SendingRules } from './permission.js'
import { type FirstRequest, SendingTally } from './sending-tally.js'

/** What is to be looked at before rows are accepted. */
export interface PreflightParams {
  readonly half: Pick<Halfrate, 'prices' | 'clock'>
  readonly job: string
  /** The store as the user named it. */
  readonly store: string
  readonly rules: Omit<SendingRules, 'canAsk'>
  /** Only look. */
  readonly isDryRun: boolean
  /** Null when nobody is to be asked, whatever this process runs on. */
  readonly terminal: AskingTerminal | null
  readonly presenter: Pick<Presenter, 'preflight'>
  readonly signal: AbortSignal
  /** Done last before the rows are accepted. */
  readonly prepare: () => Promise<void>
}

/** Looks at the rows of an input while they are taken in, says what they cost, and asks before they are accepted. */
export class Preflight {
  readonly #params: PreflightParams
  readonly #tally: SendingTally
  #facts: PreflightFacts | null = null
  #wasAgreed = false

  constructor(params: PreflightParams) {
    const { prices, clock } = params.half
    this.#params = params
    this.#tally = new SendingTally({ book: prices, at: clock.now() })
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
   * @param known what the job had before.
   * @throws {NotSent} when it is not to be sent.
   * @throws {ConfigError} when it may not be, and nobody can be asked.
   * @throws {InterruptedReading} when the signal came while the question stood.
   */
  async decide(
    counts: LoadCounts,
    known: { readonly areAnswered: boolean; readonly isLimited: boolean },
  ): Promise<void> {
    const { job, store, presenter, isDryRun, prepare } = this.#params
    this.#facts = {
      ...{ job, store: storeText(store), ...known },
      rows: counts.rows,
      toSend: counts.new,
      before: counts.same,
      kept: counts.changed,
      estimate: this.#tally.estimate,
    }
    if (isDryRun) throw new NotSent('dry_run')
    presenter.preflight(this.#facts)
    await this.#ask(this.#facts)
    await prepare()
  }

  // An input that another process disturbed is read again; who said yes to it is not asked again.
  async #ask(facts: PreflightFacts): Promise<void> {
    const { rules, terminal, signal } = this.#params
    const canAsk = terminal !== null && isTerminal(terminal)
    const isAgreed = rules.isAgreed || this.#wasAgreed
    const permission = permissionOf(facts, { ...rules, isAgreed, canAsk })
    if (permission.type === 'refused') throw permission.error
    if (permission.type === 'send' || terminal === null) return
    if (!(await askOnTerminal(' Send? [Y/n] ', terminal, signal))) throw new NotSent('declined')
    this.#wasAgreed = true
  }
}
