import type { EngineEvent } from '@halfrate/core'
import type { FirstRequest } from '../preflight/sending-tally.js'
import { eventObject } from '../screen/event-object.js'
import { preflightObject } from '../screen/preflight-object.js'
import type { PreflightFacts } from '../screen/preflight-screen.js'
import { changeObjects } from '../screen/progress-changes.js'
import type { ProgressFacts } from '../screen/progress-screen.js'
import { reportObject } from '../screen/report-object.js'
import type { TextSink } from './line-presenter.js'
import type { Detachment, EndFacts, Interruption, Presenter } from './presenter.js'

/** One JSON object per change, and the report as one JSON object, for programs. */
export class JsonPresenter implements Presenter {
  readonly #log: TextSink
  readonly #out: TextSink
  #before: ProgressFacts | null = null

  /** Changes go to `log`, the report to `out`. */
  constructor(params: { readonly log: TextSink; readonly out: TextSink }) {
    this.#log = params.log
    this.#out = params.out
  }

  say(text: string): void {
    this.#write(this.#log, { type: 'notice', message: text })
  }

  preflight(facts: PreflightFacts): void {
    this.#write(this.#log, preflightObject(facts))
  }

  dryRun(facts: PreflightFacts, first: FirstRequest | null): void {
    this.#write(this.#out, {
      ...preflightObject(facts),
      type: 'dry_run',
      first_key: first?.key ?? null,
      first_params: first === null ? null : new TextDecoder().decode(first.params),
      first_left_out: first?.leftOut ?? 0,
    })
  }

  progress(facts: ProgressFacts): void {
    for (const object of changeObjects(this.#before, facts)) this.#write(this.#log, object)
    this.#before = facts
  }

  event(event: EngineEvent): void {
    if (event.type !== 'alarm' && event.type !== 'step_failed') return
    const object = eventObject(event)
    if (object !== null) this.#write(this.#log, object)
  }

  end(facts: EndFacts): void {
    const { report, job, store, tookMs, exitCode, budget, estimate } = facts
    this.#write(
      this.#out,
      reportObject({
        report,
        job,
        store,
        output: facts.outputPath,
        tookMs,
        exitCode,
        ...{ budget, estimate },
      }),
    )
  }

  detached({
    job,
    store,
    rowsAtClaude,
    batches,
    forCap,
    forCanary,
    forPrimer,
    collect,
  }: Detachment): void {
    this.#write(this.#out, {
      ...{ type: 'detached', job, store, at_claude: rowsAtClaude, batches },
      ...{
        waiting_for_budget: forCap?.rows ?? 0,
        waiting_for_canary: forCanary,
        waiting_for_primer: forPrimer,
        collect,
      },
    })
  }

  interrupted({ message, resume }: Interruption): void {
    this.#write(this.#log, { type: 'interrupted', message, resume })
  }

  close(): void {}

  #write(sink: TextSink, object: object): void {
    sink.write(`${JSON.stringify(object)}\n`)
  }
}
