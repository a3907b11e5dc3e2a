import type { EngineEvent } from '@halfrate/core'
import { eventObject } from '../screen/event-object.js'
import { eventText } from '../screen/event-text.js'
import { visibleText } from '../screen/visible-text.js'
import { printText } from '../terminal/print-text.js'

/** Where a command that runs the engine says what happens. */
export interface WorkLog {
  say(text: string): void
  event(event: EngineEvent): void
}

/** Writes to standard error: lines of text, or JSON objects. */
export function workLog(json: boolean): WorkLog {
  const write = (text: string, object: object): void => {
    if (json) process.stderr.write(`${JSON.stringify(object)}\n`)
    else printText(process.stderr, [visibleText(text)])
  }
  return {
    say: (text) => write(text, { type: 'notice', message: text }),
    event: (event) => {
      const text = eventText(event)
      const object = eventObject(event)
      if (text !== null && object !== null) write(text, object)
    },
  }
}
