import { commandText } from '../screen/command-text.js'
import { countOf } from '../screen/number-text.js'
import { declinedText } from '../screen/preflight-screen.js'
import type { ProgressFacts } from '../screen/progress-screen.js'
import type { Interruption } from './presenter.js'
import type { RunRequest } from './run-request.js'
import { storeFlag } from './self-command.js'

type Asked = Pick<RunRequest, 'resume' | 'interruptedText'>
type Worked = Asked & Pick<RunRequest, 'place'>

/** What is said when a run was interrupted before its rows were accepted. */
export function earlyInterruption({ resume, interruptedText }: Asked): Interruption {
  return {
    message:
      interruptedText ??
      'interrupted while the rows were taken in; nothing was sent. The same command begins anew:',
    resume,
  }
}

/** What is said when a run was interrupted while it asked; `waiting` rows of its job wait from before. */
export function unansweredInterruption({ resume }: Asked, waiting: number): Interruption {
  const message = `interrupted at the question; ${declinedText(waiting)}. The same command asks again:`
  return { message, resume }
}

/** What is said when a run was interrupted while it worked; `last` is the last look at its job. */
export function interruption(
  { resume, interruptedText, place }: Worked,
  last: ProgressFacts | null,
): Interruption {
  const collect = commandText('work --once', storeFlag(place))
  const message = `interrupted${toCome(last)}; the batches at Claude go on and nothing is lost. The same command resumes (${collect} collects from cron):`
  return { message: interruptedText ?? message, resume }
}

function toCome(last: ProgressFacts | null): string {
  if (last === null) return ''
  const { total, byState } = last.report.counts
  return ` with ${countOf(total - byState.done, 'row')} to come`
}
