import type { EngineEvent } from '@halfrate/core'
import { eventText } from '../screen/event-text.js'
import { lineText } from '../screen/line.js'
import { outcomeScreen } from '../screen/outcome-screen.js'
import { changeLines } from '../screen/progress-changes.js'
import type { ProgressFacts } from '../screen/progress-screen.js'
import { visibleText } from '../screen/visible-text.js'
import type { EndFacts, Interruption, Presenter } from './presenter.js'

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
    for (const line of outcomeScreen(facts, REPORT_WIDTH)) {
      this.#out.write(`${lineText(line).trimStart()}\n`)
    }
  }

  interrupted({ message, resume }: Interruption): void {
    this.#log.write(`${message}
  ${resume}
`)
  }

  close(): void {}
}
