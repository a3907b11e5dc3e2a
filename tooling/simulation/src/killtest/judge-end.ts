import type { CliEnd } from './kept-process.js'

/** Which command a process ran. */
export type Command = 'run' | 'work'

const LAST_LINES = 30
// What a process says last before it lets signals do what they usually do: that it was told to stop, or what came of
// its rows.
const LAST_WORDS = /^(interrupted|stopped;)|\bexit \d\b/m

/**
 * What is wrong with how a process of the command ended; null when nothing is. Only what we did ourselves excuses an
 * end: that we killed it, told it to stop, or took its database away. Every other signal, such as that of an abort, a
 * segmentation fault or the machine's want of memory, is a bug, and so is every exit code that its help does not name.
 */
export function endProblem(
  end: CliEnd,
  cause: {
    readonly command: Command
    /** Whether its database was in trouble while it ran. */
    readonly wasDatabaseDown: boolean
    /** Whether a run had opened the store, and so made it, before it was started. */
    readonly wasStoreMade: boolean
  },
): string | null {
  const { command } = cause
  const isExcused = end.code === null ? isOurSignal(end) : isExpectedCode(end, cause)
  return isExcused ? null : endText(command, end)
}

/** How a process ended, with the last lines of its error output, or of the other one when that is empty. */
export function endText(name: string, { code, signal, said, errors }: CliEnd): string {
  const lines = (errors.trim() === '' ? said : errors).trimEnd().split('\n')
  return `${name} ended with ${code ?? signal}: ${lines.slice(-LAST_LINES).join('\n')}`
}

// SIGTERM itself ends only who has not begun to heed it, or has ceased to, since its work is over.
function isOurSignal({ signal, wasAsked, wasKilled, said, errors }: CliEnd): boolean {
  if (signal === 'SIGKILL') return wasKilled
  const isSilent = said === '' && errors === ''
  const isOver = LAST_WORDS.test(errors) || LAST_WORDS.test(said)
  return signal === 'SIGTERM' && wasAsked && (isSilent || isOver)
}

function isExpectedCode(
  end: CliEnd,
  { command, wasDatabaseDown, wasStoreMade }: Parameters<typeof endProblem>[1],
): boolean {
  switch (end.code) {
    case 0:
      return command === 'run' || end.wasAsked
    case 1:
      // A worker makes no store: one that comes before the run that does says so.
      if (command === 'work' && !wasStoreMade && end.errors.includes('there is no store'))
        return true
      return wasDatabaseDown && end.errors.includes('(code store_unavailable)')
    case 130:
      return end.wasAsked
    default:
      return false
  }
}
