import { commandText } from './command-text.js'
import { countOf } from './number-text.js'

/** What is known when a run leaves its batches to themselves. */
export interface DetachedFacts {
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
  readonly rowsAtClaude: number
  readonly batches: number
}

/** Says that everything is sent; the command that collects follows. */
export function detachedText({ rowsAtClaude, batches, storeFlag }: DetachedFacts): string {
  const sent = `everything is sent: ${countOf(rowsAtClaude, 'row')} in ${countOf(batches, 'batch', 'batches')} at Claude`
  return `${sent}. This waits for the answers and writes them (${commandText('work --once', storeFlag)} collects from cron):`
}
