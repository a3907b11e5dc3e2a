/**
 * Gives the event loop a turn. A run is one long chain of ticks and promises, in which no message, signal or timer of
 * the process is ever looked at; whoever does one run after another calls this between them.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
