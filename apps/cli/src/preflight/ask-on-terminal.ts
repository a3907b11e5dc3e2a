import { createInterface } from 'node:readline/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { NotSent } from './not-sent.js'

/** What a question is asked on. */
export interface AskingTerminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }
}

// What was typed before a question was asked is no answer to it. Real time; a terminal gives what it has at once.
const STALE_MS = 50

/** Whether there is somebody to ask. */
export function isTerminal({ input, output }: AskingTerminal): boolean {
  return input.isTTY === true && output.isTTY === true
}

/**
 * Asks a question that is answered with yes or no; an empty line is yes, the end of the input no.
 *
 * @throws {NotSent} `unanswered`, when the signal came first.
 */
export async function askOnTerminal(
  question: string,
  terminal: AskingTerminal,
  signal: AbortSignal,
): Promise<boolean> {
  // Not as a terminal: then Ctrl-C would come as a character, and the rest of the program waits for the signal.
  const reader = createInterface({ ...terminal, terminal: false })
  const ended = new Promise<null>((resolve) => reader.once('close', () => resolve(null)))
  try {
    await wait(STALE_MS, undefined, { signal })
    for (;;) {
      const answer = await Promise.race([reader.question(question, { signal }), ended])
      const said = answer === null ? false : meaningOf(answer)
      if (answer === null) terminal.output.write('\n')
      if (said !== null) return said
      terminal.output.write(' y or Enter is yes, n is no.\n')
    }
  } catch (error) {
    if (!signal.aborted) throw error
    terminal.output.write('\n')
    throw new NotSent('unanswered')
  } finally {
    reader.close()
  }
}

function meaningOf(answer: string): boolean | null {
  const word = answer.trim().toLowerCase()
  if (word === '' || word === 'y' || word === 'yes') return true
  return word === 'n' || word === 'no' ? false : null
}
