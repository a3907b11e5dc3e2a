import { lineText } from '../screen/line.js'
import { outcomeScreen } from '../screen/outcome-screen.js'
import { reportObject } from '../screen/report-object.js'
import { type NotifyTarget, notify, notifyPlace } from './notify.js'
import type { EndFacts, Presenter } from './presenter.js'

// So wide that no line is broken.
const WIDTH = 1_000

/** Tells of the end of a run, and says what became of that. */
export async function tellOfEnd(params: {
  readonly target: NotifyTarget
  readonly facts: EndFacts
  readonly presenter: Pick<Presenter, 'say'>
  readonly signal: AbortSignal
}): Promise<void> {
  const { target, facts, presenter, signal } = params
  const { report, job, store, budget, estimate, tookMs, exitCode, outputPath: output } = facts
  const notice = {
    report: reportObject({ report, job, store, output, tookMs, exitCode, budget, estimate }),
    text: endText(facts),
  }
  const problem = await notify(target, notice, signal)
  const place = notifyPlace(target.url)
  presenter.say(
    problem === null
      ? `told ${place} of the end`
      : `could not tell ${place} of the end: ${problem}`,
  )
}

// Job, rows, money, what to do next.
function endText(facts: EndFacts): string {
  const lines = outcomeScreen(facts, WIDTH).map((line) => lineText(line).trim())
  return [`halfrate, job ${facts.job}`, ...lines].join('\n').replace(/ {2,}/g, ' · ')
}
