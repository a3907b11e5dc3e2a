import type { EngineEvent } from '@halfrate/core'
import type { FirstRequest } from '../preflight/sending-tally.js'
import { commandLines } from '../screen/command-lines.js'
import { detachedText } from '../screen/detached-text.js'
import { eventText } from '../screen/event-text.js'
import { flow } from '../screen/flow.js'
import { type Line, paintLine, span } from '../screen/line.js'
import { outcomeScreen } from '../screen/outcome-screen.js'
import { dryRunText, type PreflightFacts, preflightScreen } from '../screen/preflight-screen.js'
import { finishedScreen, type ProgressFacts, progressScreen } from '../screen/progress-screen.js'
import { visibleText } from '../screen/visible-text.js'
import { LiveArea, type Terminal } from '../terminal/live-area.js'
import type { Detachment, EndFacts, Interruption, Presenter } from './presenter.js'

/** Draws progress on a terminal and redraws it in place; what it comes to is written below and, if told so, elsewhere. */
export class LivePresenter implements Presenter {
  readonly #area: LiveArea
  readonly #colours: boolean
  readonly #out: Terminal
  #lastEvent = ''

  /** `area` is where progress is drawn; `out` is where the report goes, which may be the same terminal. */
  constructor(params: {
    readonly area: Terminal
    readonly out: Terminal
    readonly colours: boolean
  }) {
    this.#area = new LiveArea(params.area, params.colours)
    this.#out = params.out
    this.#colours = params.colours
  }

  say(text: string): void {
    this.#area.print(flow([[span(text)]], { width: this.#area.width }))
  }

  preflight(facts: PreflightFacts): void {
    this.#area.print(preflightScreen(facts, this.#area.width))
  }

  dryRun(facts: PreflightFacts, first: FirstRequest | null): void {
    this.preflight(facts)
    this.say(dryRunText(first, facts))
    if (first === null) return
    const text = new TextDecoder().decode(first.params)
    this.#out.write(`${this.#out.isTTY === true ? visibleText(text) : text}\n`)
  }

  progress(facts: ProgressFacts): void {
    this.#area.draw([[], ...progressScreen(facts, this.#room())])
  }

  event(event: EngineEvent): void {
    if (event.type !== 'alarm' && event.type !== 'step_failed') return
    const text = eventText(event)
    if (text === null || text === this.#lastEvent) return
    this.#lastEvent = text
    const style = event.type === 'alarm' ? 'red' : 'yellow'
    this.#area.print(flow([[span(text, style)]], { width: this.#area.width }))
  }

  end(facts: EndFacts, last: ProgressFacts): void {
    this.#area.draw([[], ...finishedScreen(last, this.#room())])
    this.#area.end()
    this.#write([[], ...outcomeScreen(facts, this.#area.width)])
  }

  detached(how: Detachment): void {
    this.#command(detachedText(how), how.collect)
  }

  interrupted({ message, resume }: Interruption): void {
    this.#command(message, resume)
  }

  close(): void {
    this.#area.end()
  }

  #command(message: string, command: string): void {
    const { width, isShown } = this.#area
    this.#area.end()
    this.#area.print([
      ...(isShown ? [[]] : []),
      ...flow([[span(message)]], { width }),
      ...commandLines(command),
    ])
  }

  #room(): { width: number; height: number } {
    return { width: this.#area.width, height: this.#area.height - 1 }
  }

  #write(lines: readonly Line[]): void {
    for (const line of lines) {
      this.#out.write(`${paintLine(line, { colours: this.#colours })}\n`)
    }
  }
}
