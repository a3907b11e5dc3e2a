import type { EngineEvent } from '@halfrate/core'
import { usdText } from '@halfrate/core/money'
import { eventText } from '../screen/event-text.js'
import { visibleText } from '../screen/visible-text.js'

/** Where a command that runs the engine says what happens. */
export interface WorkLog {
  say(text: string): void
  event(event: EngineEvent): void
}

/** Writes to standard error: lines of text, or JSON objects. */
export function workLog(json: boolean): WorkLog {
  const write = (text: string, object: object): void => {
    process.stderr.write(`${json ? JSON.stringify(object) : visibleText(text)}\n`)
  }
  return {
    say: (text) => write(text, { type: 'notice', message: text }),
    event: (event) => {
      const text = eventText(event)
      if (text !== null) write(text, eventObject(event))
    },
  }
}

// Money is decimal text for programs.
function eventObject(event: EngineEvent): object {
  const at = new Date(event.at).toISOString()
  if (event.type !== 'budget_reached') return { ...event, at }
  const { capNano, neededNano, ...rest } = event
  const neededUsd = neededNano === null ? null : usdText(neededNano)
  return { ...rest, at, capUsd: usdText(capNano), neededUsd }
}
