import type { EngineEvent } from '@halfrate/core'
import type { FirstRequest } from '../preflight/sending-tally.js'
import { detachedText } from '../screen/detached-text.js'
import { eventText } from '../screen/event-text.js'
import { type Line, lineText } from '../screen/line.js'
import { outcomeScreen } from '../screen/outcome-screen.js'
import { dryRunText, type PreflightFacts, preflightScreen } from '../screen/preflight-screen.js'
import { changeLines } from '../screen/progress-changes.js'
import type { ProgressFacts } from '../screen/progress-screen.js'
import { visibleText } from '../screen/visible-text.js'
import type { Detachment, EndFacts, Interruption, Presenter } from './presenter.js'

/** Something that text can be written to. */
export interface TextSink {
  write(text: string): unknown
}

// A log is not cut to a width; this only keeps the figures of the report in few lines.
const REPORT_WIDTH = 120

/** One line per change, for logs and pipes. */
export class LinePresenter implements Presenter {
  readonly #log: TextSink
  readonly #out: TextSink
  #before: ProgressFacts | null = null
  #lastEvent = ''

  /** Changes go to `log`, the report to `out`. */
  constructor(params: { readonly log: TextSink; readonly out: TextSink }) {
    this.#log = params.log
    this.#out = params.out
  }

  say(text: string): void {
    this.#log.write(`${visibleText(text)}\n`)
  }

  preflight(facts: PreflightFacts): void {
    this.#print(this.#log, preflightScreen(facts, REPORT_WIDTH))
  }

  dryRun(facts: PreflightFacts, first: FirstRequest | null): void {
    this.preflight(facts)
    this.say(dryRunText(first, facts))
    if (first !== null) this.#out.write(`${new TextDecoder().decode(first.params)}\n`)
  }

  progress(facts: ProgressFacts): void {
    for (const line of changeLines(this.#before, facts)) this.#log.write(`${visibleText(line)}\n`)
    this.#before = facts
  }

  event(event: EngineEvent): void {
    if (event.type !== 'alarm' && event.type !== 'step_failed') return
    const text = eventText(event)
    if (text === null || text === this.#lastEvent) return
    this.#lastEvent = text
    this.#log.write(`${visibleText(text)}\n`)
  }

  end(facts: EndFacts): void {
    this.#print(this.#out, outcomeScreen(facts, REPORT_WIDTH))
  }

  detached(how: Detachment): void {
    this.#out.write(`${detachedText(how)}
  ${how.collect}
`)
  }

  interrupted({ message, resume }: Interruption): void {
    this.#log.write(`${message}
  ${resume}
`)
  }

  close(): void {}

  #print(sink: TextSink, lines: readonly Line[]): void {
    for (const line of lines) sink.write(`${lineText(line).trimStart()}\n`)
  }
}
